"""All hostile devices."""

from tests.integration.hostile.answers import ANSWERS, TUNNELS
from tests.integration.hostile.case import Case
from tests.integration.hostile.early import BREAKS, EARLY, KEYS
from tests.integration.hostile.server import Script, key
from tests.integration.hostile.sessions import CHANNELS, LOGINS

CASES = [*EARLY, *KEYS, *BREAKS, *LOGINS, *CHANNELS, *ANSWERS, *TUNNELS]
#: With the limits as they are in the product.
LONG = [
    case
    for case in CASES
    if case.name
    in {
        "no greeting", "greeting drips", "key exchange drips", "mute at new keys", "mute at the login's success", "mute at a channel",
        "mute at leave to run", "mute at output", "mute at exit status", "window of zero", "output drips", "lines drip", "answers drip",
        "answers drip while installing", "install never answers", "nothing after the facts", "reads no more", "new keys in the middle",
    }
]  # fmt: skip


def host_key(case: Case, address: str) -> str:
    """The key that this case's server would show at `address`."""
    shown = key(case.play.host_key if isinstance(case.play, Script) else "ecdsa", address)
    return f"{shown.get_name()} {shown.get_base64()}"
