"""What an auditor asks for: the activity log to take away, whether it is whole, and how safely each endpoint is reached."""

from app.services.audit.export import export_log
from app.services.audit.wording import fault_text

__all__ = ["export_log", "fault_text"]
