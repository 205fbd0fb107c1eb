"""Endpoints: the groups of metrics that are read; none for the default."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("endpoints", sa.Column("metrics", sa.JSON))
