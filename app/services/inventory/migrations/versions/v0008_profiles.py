"""Credentials with names, which many endpoints share, and those that are being replaced."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("credentials", sa.Column("name", sa.Text))
    op.add_column("credentials", sa.Column("is_spare", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_index("credentials_name", "credentials", ["name"], unique=True)
