"""What a run was told beyond its action: which login, which labels."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("bulk_runs", sa.Column("parameters", sa.JSON))
