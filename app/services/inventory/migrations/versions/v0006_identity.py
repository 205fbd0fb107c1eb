"""Endpoints: the one address that an exporter listens on, and whether another device was seen in place of the known one."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("endpoints", sa.Column("listen_address", sa.Text, nullable=False, server_default=""))
    op.add_column("endpoints", sa.Column("device_change", sa.JSON))
