"""What an auditor asks for: the activity log to take away, whether it is whole, and how safely each endpoint is reached."""

from app.services.audit.export import export_log
from app.services.audit.html import report_html
from app.services.audit.service import AuditService, AuditStep

__all__ = ["AuditService", "AuditStep", "export_log", "report_html"]
