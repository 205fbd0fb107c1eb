"""What an operator has from the device itself, to compare with the key that answers at its address."""

import re
from dataclasses import dataclass

from app.errors import InputError
from app.models.endpoint import HostKey
from app.models.known_hosts import KnownHost, Marker, host_name, read_known_hosts

_FINGERPRINT = re.compile(r"SHA256:([A-Za-z0-9+/]{43})(?![A-Za-z0-9+/])=?")
_KIND_IN_BRACKETS = re.compile(r"\((ED25519|RSA|ECDSA|DSA)(?:-SK)?\)")
_ACCEPTED = "a fingerprint (SHA256:…), a line of a public key file or a line of known_hosts"


def algorithm(kind: str) -> str:
    """The name in the key file's name: "ssh-ed25519" → "ed25519", "ecdsa-sha2-nistp256" → "ecdsa"."""
    return kind.removeprefix("sk-").removeprefix("ssh-").split("-", maxsplit=1)[0]


def check_command(key: HostKey) -> str:
    """What to run on the device to see the fingerprint of its key of the same type."""
    return f"ssh-keygen -lf {key_file(key)}"


def key_file(key: HostKey) -> str:
    """Where a device keeps the public half of its key of the same type."""
    return f"/etc/ssh/ssh_host_{algorithm(key.kind)}_key.pub"


@dataclass(frozen=True, slots=True)
class ExpectedKey:
    """Fingerprints, with the algorithm where the text named it, or whole keys with the hosts that they are for."""

    fingerprints: tuple[tuple[str, str], ...] = ()
    """("SHA256:…", "ed25519"); the algorithm is empty where nothing told it."""
    known: tuple[KnownHost, ...] = ()

    @classmethod
    def parse(cls, text: str) -> "ExpectedKey":
        """From what was pasted: fingerprints, what `ssh-keygen -l` prints, public keys, known_hosts lines; one or several.

        Raises InputError("host_key") for anything else, and for lines that name no host's own key (@cert-authority).
        """
        found = list(_FINGERPRINT.finditer(text))
        if found:
            ends = [*(each.start() for each in found[1:]), len(text)]
            return cls(
                tuple(
                    (f"SHA256:{each[1]}", _named(text[each.end() : end])) for each, end in zip(found, ends, strict=True)
                )
            )
        if "MD5:" in text:
            raise _wrong("This is an MD5 fingerprint. The command on the device prints one that begins with SHA256:.")
        try:
            known = read_known_hosts(text)
        except InputError:
            raise _wrong(f"This is not {_ACCEPTED}.") from None
        if not known:
            raise _wrong(f"This is not {_ACCEPTED}.")
        if all(line.marker is Marker.AUTHORITY for line in known):
            raise _wrong(
                "This line names an authority that signs host keys (@cert-authority), not the device's own key. "
                "Plantwatch compares the device's own key: paste that."
            )
        return cls(known=tuple(known))

    def sole_key(self, address: str, port: int) -> HostKey | None:
        """The one key that may answer there, when a whole key was given; None when the device has to be asked first.

        Raises InputError("host_key") as `agrees` does.
        """
        lines = self._lines_for(address, port)
        kinds = {line.key for line in lines if line.marker is Marker.NONE}
        return kinds.pop() if len(kinds) == 1 and len(lines) == 1 else None

    def agrees(self, shown: HostKey, address: str, port: int) -> bool:
        """Whether `shown`, which answers at that address, is what was expected.

        Raises InputError("host_key"), with the reason in words, when the text says nothing about it: it is for another address, about
        the device's key of another type, or it revokes this very key.
        """
        if self.fingerprints:
            return self._agrees_by_fingerprint(shown)
        lines = self._lines_for(address, port)
        if any(line.marker is Marker.REVOKED and line.key == shown for line in self.known):
            raise _wrong(
                "The line says that this key is revoked: somebody may have a copy of it. Give the device a new one."
            )
        keys = [line.key for line in lines if line.marker is Marker.NONE]
        if not keys:
            raise _wrong("The lines revoke other keys, and name none that is right.")
        return _one_of(shown, [(key == shown, algorithm(key.kind)) for key in keys])

    def _agrees_by_fingerprint(self, shown: HostKey) -> bool:
        return _one_of(shown, [(print_ == shown.fingerprint, kind) for print_, kind in self.fingerprints])

    def _lines_for(self, address: str, port: int) -> list[KnownHost]:
        """The lines that speak of this address; a key without hosts speaks of whichever it is compared with."""
        own = [line for line in self.known if line.marker is not Marker.AUTHORITY]
        lines = [line for line in own if not line.hosts or line.is_for(address, port)]
        if own and not lines:
            name, told = host_name(address, port), own[0].hosts
            what = (
                f"The hashed line is not for {name}" if own[0].is_hashed else f"The line is for {told}, not for {name}"
            )
            raise _wrong(f"{what}. If it is the same device, paste only the key, without the name before it.")
        return lines


def _one_of(shown: HostKey, answers: list[tuple[bool, str]]) -> bool:
    """Whether one of the expectations, each with its algorithm, is met; refuses when all are about other types of key."""
    if any(same for same, _ in answers):
        return True
    wanted = algorithm(shown.kind)
    named = sorted({kind for _, kind in answers if kind})
    if named and all(kind and kind != wanted for _, kind in answers):
        told = " and ".join(named)
        raise _wrong(
            f"This is the device's {told} key, but it showed its {wanted} key: compare ssh_host_{wanted}_key.pub."
        )
    return False


def _named(text: str) -> str:
    found = _KIND_IN_BRACKETS.search(text)
    return found[1].lower() if found else ""


def _wrong(reason: str) -> InputError:
    return InputError(
        "host_key",
        reason,
        hint="On the device: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub prints its fingerprint.",
    )
