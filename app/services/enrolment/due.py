"""Certificates are renewed before they end, without anybody thinking of it."""

from collections.abc import Callable
from datetime import datetime

from app.errors import AppError, BusyError, DeviceError
from app.models.endpoint import Endpoint, Lifecycle, LoginKind
from app.services.inventory import Inventory
from app.services.progress import CancelToken

Renew = Callable[[Endpoint, CancelToken], object]

_NAMED = 5
"""How many endpoints a sentence names."""


def renew_due(inventory: Inventory, renew: Renew, now: datetime, token: CancelToken) -> list[str]:
    """Renew by `renew` what is due at `now` (with a zone); returns what the operator is told of it.

    An endpoint whose login asks is left alone: nobody is to be asked for a code out of the blue; its page says when its certificate ends
    soon. One that cannot be reached is tried again the next time, and told of only once its certificate ends soon. What would fail for
    every endpoint, as a locked keyring, ends it: raises AppError of that kind, InventoryError, Cancelled.
    """
    renewed = []
    sentences = []
    for endpoint in inventory.endpoints():
        token.check()
        made = endpoint.certificate
        if made is None or not made.is_due(now) or endpoint.lifecycle is not Lifecycle.MONITORED:
            continue
        if _asks(inventory, endpoint):
            continue
        try:
            renew(endpoint, token)
        except BusyError:
            continue  # somebody is at it
        except DeviceError as error:
            if made.expires_soon(now):
                sentences.append(_failed(endpoint.name, made.ends_at, error))
        else:
            renewed.append(endpoint.name)
    if renewed:
        sentences.insert(0, _done(renewed))
    return sentences


def _asks(inventory: Inventory, endpoint: Endpoint) -> bool:
    """Whether the operator is asked while logging in, at the device or on the way there."""
    numbers = [endpoint.credential_id, *(jump.credential_id for jump in endpoint.jumps)]
    return any(inventory.credential(number).kind is LoginKind.QUESTIONS for number in numbers if number is not None)


def _done(names: list[str]) -> str:
    if len(names) == 1:
        return f"{names[0]} has a new certificate; the one before would have ended within 60 days."
    named = ", ".join(names[:_NAMED])
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{named}{more} have new certificates; the ones before would have ended within 60 days."


def _failed(name: str, ends_at: datetime, error: AppError) -> str:
    return f"The certificate of {name} ends on {ends_at:%Y-%m-%d} and could not be renewed. {error.message}"
