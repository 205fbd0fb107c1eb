"""Which key a device is to show, from what the operator has of it; asked of the device where that is only a fingerprint."""

from collections.abc import Callable, Sequence
from functools import partial

from app.errors import InputError
from app.models.endpoint import HostKey
from app.models.expected_key import ExpectedKey, key_file
from app.services.enrolment.failures import UnexpectedHostKeyError
from app.services.enrolment.jumps import Hop, KeyReader, WantedHop
from app.services.enrolment.ssh import fetch_host_key, target_of


def verified_key(
    expected: ExpectedKey, address: str, port: int, *, fetch: Callable[[str, int], HostKey] = fetch_host_key
) -> HostKey:
    """The host key to trust at that address.

    A whole key is taken as it is, and every connection compares it. For fingerprints, or several keys, the device is asked for its key,
    which sends nothing but the protocol, and that key is compared. Raises UnexpectedHostKeyError when it is another one,
    InputError("host_key") when what is expected says nothing about it, and the failures on the way to a device.
    """
    key = expected.sole_key(address, port)
    if key is not None:
        return key
    shown = fetch(address, port)
    if expected.agrees(shown, address, port):
        return shown
    wanted = [fingerprint for fingerprint, _ in expected.fingerprints] or [
        line.key.fingerprint for line in expected.known
    ]
    raise UnexpectedHostKeyError(
        f"Expected: {', '.join(wanted)}\nShown: {shown.fingerprint} ({shown.kind})",
        target=target_of(address, port),
        file=key_file(shown),
    )


def verified_hops(wanted: Sequence[WantedHop], *, fetch: KeyReader) -> tuple[Hop, ...]:
    """The jump hosts with the host keys to trust. `fetch` asks one, beyond those before it, where only a fingerprint was given.

    Raises what `verified_key` and `fetch` raise, an InputError with the jump host as its `target`; nothing is sent to a jump host that
    shows another key.
    """
    hops: tuple[Hop, ...] = ()
    for each in wanted:
        try:
            key = verified_key(each.expected, each.address, each.port, fetch=partial(fetch, hops=hops))
        except InputError as error:
            error.details["target"] = each.target
            raise
        hops += (Hop(each.address, each.port, key, each.login),)
    return hops
