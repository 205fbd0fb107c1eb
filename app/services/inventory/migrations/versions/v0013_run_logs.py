"""What happened at each device of a run, and runs that stand."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("bulk_runs", sa.Column("is_paused", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_table(
        "bulk_logs",
        sa.Column("run_id", sa.Integer, sa.ForeignKey("bulk_runs.id"), primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("notes", sa.JSON, nullable=False),
    )
