"""The certificate authority of the installation, and the certificates that it issues."""

from app.services.pki.service import AuthorityService, Issued

__all__ = ["AuthorityService", "Issued"]
