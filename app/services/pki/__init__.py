"""The certificate authority of the installation, and the certificates that it issues.

The authority, which needs the inventory, is imported when it is asked for: whoever only reads certificates starts without it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.services.pki.service import AuthorityService, Issued

__all__ = ["AuthorityService", "Issued"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(name)
    found = getattr(import_module(f"{__name__}.service"), name)
    globals()[name] = found
    return found
