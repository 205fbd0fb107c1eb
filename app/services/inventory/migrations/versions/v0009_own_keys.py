"""The login that is taking another's place at an endpoint, or that has just lost it."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("endpoints", sa.Column("standby_credential_id", sa.Integer))
