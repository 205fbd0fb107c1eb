"""A Docker host behind SSH: OpenSSH's own server on a loopback port, whose sessions reach the lab's engine."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.integration.monitoring import free_port, wait_for
from tests.lab.debian import unpacked
from tests.lab.places import Places

_CONFIGURATION = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/authorized_keys
PidFile none
PermitRootLogin yes
StrictModes no
UsePAM no
PasswordAuthentication no
SetEnv DOCKER_HOST={engine} PATH={path}
"""

# The server wants an account of its own for its unprivileged half; it gets one in a mount namespace that nobody else sees.
_LAUNCH = """
mount --make-rprivate / && mount --bind "$1/passwd" /etc/passwd && mount --bind "$1/run" /run
exec "$2" -D -e -f "$1/sshd_config"
"""


@dataclass(frozen=True)
class SshHost:
    """`url` for Plantwatch and the host key's known_hosts line. `home` is a home directory whose key is let in."""

    url: str
    known_hosts_line: str
    home: Path

    def trust(self) -> None:
        """As a person does who has compared the fingerprint."""
        (self.home / ".ssh" / "known_hosts").write_text(self.known_hosts_line + "\n")


@contextmanager
def ssh_host(folder: Path, engine_url: str) -> Iterator[SshHost]:
    """Runs the server for the time of the block; its key is not trusted yet."""
    packages = unpacked(Places.from_environment(), "openssh-server", "libwrap0")
    home = folder / "home"
    (home / ".ssh").mkdir(parents=True)
    (folder / "run" / "sshd").mkdir(parents=True)
    for key in (folder / "host_key", home / ".ssh" / "id_ed25519"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    shutil.copy(home / ".ssh" / "id_ed25519.pub", folder / "authorized_keys")
    accounts = Path("/etc/passwd").read_text()
    (folder / "passwd").write_text(accounts + "sshd:x:199:65534::/run/sshd:/usr/sbin/nologin\n")
    port = free_port()
    docker = shutil.which("docker")
    assert docker is not None, "the docker command is not installed"
    (folder / "sshd_config").write_text(
        _CONFIGURATION.format(port=port, folder=folder, engine=engine_url, path=f"{Path(docker).parent}:/usr/bin:/bin")
    )
    libraries = ":".join(str(found) for pattern in ("usr/lib/*-gnu*", "lib/*-gnu*") for found in packages.glob(pattern))
    log_file = folder / "sshd.log"
    with log_file.open("wb") as log:
        server = subprocess.Popen(
            ["unshare", "--mount", "sh", "-ec", _LAUNCH, "sh", str(folder), str(packages / "usr/sbin/sshd")],
            env={**os.environ, "LD_LIBRARY_PATH": libraries},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        wait_for(
            lambda: b"Server listening" in log_file.read_bytes() or server.poll() is not None, what="sshd to listen"
        )
        assert server.poll() is None, log_file.read_text()
        kind, blob, *_ = (folder / "host_key.pub").read_text().split()
        yield SshHost(f"ssh://root@127.0.0.1:{port}", f"[127.0.0.1]:{port} {kind} {blob}", home)
    finally:
        server.terminate()
        server.wait(10)
