"""The jump hosts on the way to an endpoint."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("endpoints", sa.Column("jumps", sa.JSON))
