"""Alembic's environment. Each step is a file of `versions/` named v<revision>_<what>.py; its number also goes to `schema.REVISIONS`.

A released step is never edited. Steps run in one transaction, with foreign keys unchecked until its end on SQLite, so that tables may be
rebuilt.
"""
