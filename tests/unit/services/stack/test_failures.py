"""Library errors become ours, with the hint that fits."""

import pytest
import requests
from docker.errors import APIError, DockerException
from paramiko.hostkeys import InvalidHostKey
from paramiko.ssh_exception import AuthenticationException, SSHException

from app.errors import HostError, StackError
from app.services.stack.failures import connecting, working


@pytest.mark.parametrize(
    ("error", "hint"),
    [
        (SSHException("Server 'plant' not found in known_hosts"), "Connect to it once with “ssh”"),
        (InvalidHostKey("@revoked plant ssh-ed25519 AAAA", ValueError("padding")), "@cert-authority or @revoked"),
        (AuthenticationException("no"), "authorized_keys"),
        (DockerException("wrapped", PermissionError(13, "denied")), "group “docker”"),
        (requests.ConnectionError(ConnectionRefusedError(111, "refused")), "Start Docker"),
        (DockerException("wrapped", FileNotFoundError(2, "no such file")), "Install Docker"),
        (TimeoutError("timed out"), "nothing between blocks"),
        (EOFError(), "“docker” command"),
    ],
)
def test_first_contact(error: Exception, hint: str) -> None:
    with pytest.raises(HostError) as caught, connecting("plant"):
        raise error
    assert hint in caught.value.advice
    assert "plant" in caught.value.message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("listen tcp4 127.0.0.1:1: bind: address already in use", "already used by another program"),
        ("Bind for 0.0.0.0:1 failed: port is already allocated", "already used by another program"),
        ("bind: cannot assign requested address", "not an address of the Docker host"),
        ("write /x: no space left on device", "no space left"),
        ("something else", "refused a request"),
    ],
)
def test_refusals_of_the_engine(text: str, said: str) -> None:
    with pytest.raises(StackError, match=said) as caught, working("plant"):
        raise APIError("500 Server Error", explanation=text)
    assert caught.value.evidence == text


def test_a_lost_connection_is_the_hosts() -> None:
    with pytest.raises(HostError, match="does not answer any more"), working("plant"):
        raise requests.ConnectionError("gone")
