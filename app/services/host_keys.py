"""The fleet's host keys as a known_hosts file: written for ssh, and read from one that was verified elsewhere."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.errors import AppError
from app.models.endpoint import Endpoint, HostKey
from app.models.known_hosts import KnownHost, Marker, hashed, host_name, read_known_hosts
from app.services.endpoints import EndpointService

#: Where a file names several keys of a device that has none yet: the order in which Plantwatch asks for them.
_PREFERRED = ("ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa")


class HostKeyConflictError(AppError):
    """A file contradicts what is known; `evidence` has a line for each endpoint."""

    title = "The file contradicts the known host keys of {count}. Nothing was changed."
    hint = "Compare these keys on the devices. Only if the file is right, import it with --replace."
    exit_status = 2


@dataclass(frozen=True, slots=True)
class Conflict:
    """What a file says against the known key of `endpoint`: another key of the same type, or, with None, that the known one is revoked."""

    endpoint: Endpoint
    key: HostKey | None

    def __str__(self) -> str:
        known = self.endpoint.host_key.fingerprint if self.endpoint.host_key else "–"
        said = self.key.fingerprint if self.key else "it is revoked"
        return f"{self.endpoint.name} ({self.endpoint.ssh_target}): known {known}, in the file {said}"


@dataclass(frozen=True, slots=True)
class Findings:
    """A file beside the inventory. Endpoints that no line speaks of are in none of these."""

    new: tuple[tuple[Endpoint, HostKey], ...]
    """Endpoints without a key, and the file's."""
    same: tuple[Endpoint, ...]
    conflicts: tuple[Conflict, ...]


def export_host_keys(endpoints: Iterable[Endpoint], *, hash_names: bool = False) -> str:
    """A line for each endpoint that has a host key; empty when none has. `hash_names` hides addresses and names, as `ssh-keygen -H` does."""
    lines = []
    for endpoint in endpoints:
        if endpoint.host_key is None:
            continue
        name = host_name(endpoint.address, endpoint.port)
        line = KnownHost(endpoint.host_key, hashed(name) if hash_names else name)
        lines.append(f"{line}\n" if hash_names else f"{line} {endpoint.name}\n")
    return "".join(lines)


def compare_host_keys(endpoints: Iterable[Endpoint], text: str) -> Findings:
    """What a known_hosts file says about these endpoints, matched by address and port. Raises InputError for a damaged line.

    Authorities (@cert-authority) are passed over; a key of another type than the known one says nothing about it.
    """
    lines = [line for line in read_known_hosts(text) if line.marker is not Marker.AUTHORITY]
    new, same, conflicts = [], [], []
    for endpoint in endpoints:
        own = [line for line in lines if line.is_for(endpoint.address, endpoint.port)]
        revoked = {line.key for line in own if line.marker is Marker.REVOKED}
        keys = [line.key for line in own if line.marker is Marker.NONE and line.key not in revoked]
        others = [key for key in keys if endpoint.host_key and key.kind == endpoint.host_key.kind]
        if endpoint.host_key is None:
            usable = sorted((key for key in keys if key.kind in _PREFERRED), key=lambda key: _PREFERRED.index(key.kind))
            new += [(endpoint, usable[0])] if usable else []
        elif endpoint.host_key in revoked:
            conflicts.append(Conflict(endpoint, None))
        elif endpoint.host_key in keys:
            same.append(endpoint)
        elif others:
            conflicts.append(Conflict(endpoint, others[0]))
    return Findings(tuple(new), tuple(same), tuple(conflicts))


def import_host_keys(
    service: EndpointService, endpoints: Iterable[Endpoint], text: str, *, replace: bool = False
) -> Findings:
    """Trust what the file says of endpoints without a key and, to `replace`, in place of known keys. Each change is in the activity log.

    Raises InputError for a damaged line and, before anything is changed, HostKeyConflictError: for any contradiction unless `replace`,
    and for revoked keys in any case, since the file has nothing to put in their place.
    """
    findings = compare_host_keys(endpoints, text)
    refused = [conflict for conflict in findings.conflicts if not replace or conflict.key is None]
    if refused:
        count = "1 endpoint" if len(refused) == 1 else f"{len(refused)} endpoints"
        raise HostKeyConflictError("\n".join(map(str, refused)), count=count)
    for endpoint, key in findings.new:
        service.replace_host_key(endpoint.id, key)
    for conflict in findings.conflicts:
        if conflict.key is not None:
            service.replace_host_key(conflict.endpoint.id, conflict.key)
    return findings
