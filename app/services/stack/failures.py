"""The libraries' errors in our words: Docker SDK, requests, urllib3 and, for ssh:// hosts, Paramiko raise families that share no parent."""

from collections.abc import Iterator
from contextlib import contextmanager

import requests
import urllib3.exceptions
from docker.errors import APIError, DockerException
from paramiko.hostkeys import InvalidHostKey
from paramiko.ssh_exception import (
    AuthenticationException,
    BadHostKeyException,
    PasswordRequiredException,
    SSHException,
)

from app.errors import HostError, StackError

_UNREACHABLE = (
    DockerException,
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    SSHException,
    InvalidHostKey,
    OSError,
    EOFError,
)


@contextmanager
def connecting(label: str) -> Iterator[None]:
    """Errors of the first contact become HostError, with a hint for each of the common causes."""
    try:
        yield
    except _UNREACHABLE as error:
        reason, hint = _first_contact(error)
        raise HostError(str(error), host=label, reason=reason, what_to_do=hint) from error


@contextmanager
def working(label: str) -> Iterator[None]:
    """Errors of later calls: a refusal by the engine becomes StackError, a lost connection HostError."""
    try:
        yield
    except APIError as error:
        raise refused(error) from error
    except _UNREACHABLE as error:
        raise HostError(
            str(error),
            host=label,
            reason="does not answer any more.",
            what_to_do="Check that the host is on, that Docker runs there and that the network is up, then do the same again: "
            "what was done stays, what is missing is added.",
        ) from error


def refused(error: APIError) -> StackError:
    """What the engine says, as an error of ours; the common refusals in plain words."""
    text = str(error.explanation or error)
    if "address already in use" in text or "port is already allocated" in text:
        return port_taken("A port that the stack needs", text)
    if "cannot assign requested address" in text:
        return StackError(
            text,
            reason="The publish address is not an address of the Docker host.",
            what_to_do="Choose 127.0.0.1 or another address of that host in the settings of the stack.",
        )
    if "no space left on device" in text:
        return StackError(
            text, reason="The Docker host has no space left.", what_to_do="Make space on its disk, then try again."
        )
    return StackError(
        text,
        reason="The Docker engine refused a request.",
        what_to_do="What it said is the evidence. Mend that on the Docker host, then try again.",
    )


def port_taken(what: str, evidence: str) -> StackError:
    """A port of the host is somebody else's. `what` begins the sentence."""
    return StackError(
        evidence,
        reason=f"{what} is already used by another program on the Docker host.",
        what_to_do="End that program, or choose another port in the settings of the stack.",
    )


def not_deployed(service: str) -> StackError:
    """The service has no container."""
    return StackError(
        reason=f"{service.capitalize()} is not deployed.",
        what_to_do="Deploy the stack first: on the page “Stack”, or with “plantwatch stack deploy”.",
    )


def image_missing(image: str, why: str) -> StackError:
    """An image is neither on the host nor to be had."""
    return StackError(
        why,
        reason=f"The image {image} is missing on the Docker host, and it cannot be fetched.",
        what_to_do=f"Connect the host to the internet and try again. Without internet: on another computer run “docker pull {image}” "
        f"and “docker save -o image.tar {image}”, carry the file over, and run “docker load -i image.tar” on the Docker host.",
    )


def foreign(kind: str, name: str) -> StackError:
    """A name that the stack needs belongs to somebody else."""
    return StackError(
        reason=f"There is a {kind} named {name} on the Docker host already, and Plantwatch did not make it.",
        what_to_do=f"It is left alone. Rename or remove that {kind}, or choose another project name in the settings of the stack.",
    )


def _first_contact(error: BaseException) -> tuple[str, str]:
    """(reason, hint) for what happened first: causes are looked through, because the libraries wrap each other."""
    chain = list(_causes(error))
    text = " ".join(str(item) for item in chain)
    if trouble := _host_key_trouble(chain, text):
        return trouble
    # With no key at all to try, Paramiko raises its base class.
    refused_key = _any(chain, AuthenticationException) or _any(chain, PasswordRequiredException)
    if refused_key or "No authentication methods available" in text:
        return (
            "does not accept this computer's SSH key.",
            "Add your key to the host's ~/.ssh/authorized_keys, and to the SSH agent if it has a passphrase.",
        )
    if _any(chain, PermissionError):
        return ("may not be used by you.", "Add yourself to the group “docker” on that machine and log in again.")
    if _any(chain, FileNotFoundError):
        return (
            "has no engine at that socket.",
            "Install Docker Engine or Docker Desktop, or start it, then try again.",
        )
    if _any(chain, ConnectionRefusedError):
        return (
            "refuses the connection.",
            "Start Docker (for ssh:// the SSH server) on that machine, and check the port.",
        )
    if _any(chain, TimeoutError) or "timed out" in text:
        return ("does not answer in time.", "Check the address, and that nothing between blocks the port.")
    return (
        "cannot be reached.",
        "Check the address, and that Docker runs there. An ssh:// host needs the “docker” command in the user's PATH.",
    )


def _host_key_trouble(chain: list[BaseException], text: str) -> tuple[str, str] | None:
    if _any(chain, BadHostKeyException):
        return (
            "shows another SSH host key than it did before.",
            "Find out why. If the host was installed anew, replace its line in ~/.ssh/known_hosts; if not, somebody may stand between.",
        )
    if _any(chain, InvalidHostKey):
        return (
            "cannot be checked: a line of ~/.ssh/known_hosts on this computer cannot be read.",
            "Move a line with @cert-authority or @revoked to a file that UserKnownHostsFile in ~/.ssh/config names; remove a damaged one.",
        )
    if "not found in known_hosts" in text:
        return (
            "shows an SSH host key that this computer does not know.",
            "Connect to it once with “ssh”, compare the fingerprint with the host's own, accept it there, then try again.",
        )
    return None


def _any(chain: list[BaseException], kind: type[BaseException]) -> bool:
    return any(isinstance(item, kind) for item in chain)


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    pending: list[object] = [error]
    while pending:
        item = pending.pop(0)
        if not isinstance(item, BaseException) or id(item) in seen:
            continue
        seen.add(id(item))
        yield item
        pending += [item.__cause__, item.__context__, getattr(item, "reason", None), *item.args]
