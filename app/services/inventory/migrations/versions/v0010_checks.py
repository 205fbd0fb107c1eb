"""What was found when endpoints were last looked at: from outside, and on their devices."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "checks",
        sa.Column("endpoint_id", sa.Integer, sa.ForeignKey("endpoints.id"), primary_key=True, autoincrement=False),
        sa.Column("exposure", sa.JSON),
        sa.Column("device", sa.JSON),
    )
