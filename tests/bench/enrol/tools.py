"""The commands of the ways that are compared, and how often each is measured."""

import os
import shlex
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.enrol.devices import INSTALL_PLACE
from tests.bench.enrol.site import Site
from tests.bench.enrol.work import BINARY, UNIT, WEB

#: The environment of the other tools, made by the Makefile.
_OTHERS = Path(__file__).parents[3] / ".venv-bench" / "bin"
_WAYS = Path(__file__).with_name("ways")
#: As many as OpenSSH is given in the anchors.
_AT_A_TIME = 16
_FORKS = 32


@dataclass(frozen=True)
class Command:
    """A way for some devices. `environment` is added to that of this process."""

    argv: list[str]
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Way:
    """`runs` are how often it is measured at N up to 10, up to 100, and above. `after` names the way that must have run just before it."""

    name: str
    runs: tuple[int, int, int]
    after: str = ""
    does_work: bool = True
    """Whether it installs what `work.Payload` checks."""

    def runs_for(self, count: int) -> int:
        return self.runs[0] if count <= 10 else self.runs[1] if count <= 100 else self.runs[2]


#: In the order in which they take turns.
WAYS = (
    Way("plantwatch", (7, 5, 3)),
    Way("openssh", (7, 5, 3)),
    Way("asyncssh", (7, 5, 3)),
    Way("pyinfra", (5, 3, 1)),
    Way("scp", (5, 3, 1)),
    Way("ansible", (3, 1, 1)),
    Way("ansible-recheck", (3, 1, 1), after="ansible"),
    Way("plantwatch-pipeline", (5, 3, 3), does_work=False),
    Way("plantwatch-recheck", (5, 3, 3), after="plantwatch-pipeline", does_work=False),
)


def command_for(name: str, site: Site, count: int) -> Command:
    """How the way `name` is run on the first `count` devices."""
    described = str(site.describe(count))
    match name:
        case "plantwatch":
            return Command([sys.executable, "-m", "tests.bench.enrol.ways.transport", described])
        case "plantwatch-pipeline":
            return Command([sys.executable, "-m", "tests.bench.enrol.ways.pipeline", described, "enrol"])
        case "plantwatch-recheck":
            return Command([sys.executable, "-m", "tests.bench.enrol.ways.pipeline", described, "check"])
        case "openssh":
            return _each(_openssh(site), site, count)
        case "scp":
            return _each(_scp(site), site, count)
        case "asyncssh":
            return Command([str(_OTHERS / "python"), str(_WAYS / "with_asyncssh.py"), described])
        case "pyinfra":
            files = [str(_WAYS / "pyinfra_inventory.py"), str(_WAYS / "with_pyinfra.py")]
            return Command([str(_OTHERS / "pyinfra"), "-y", *files], {"BENCH_SITE": described})
        case "ansible" | "ansible-recheck":
            return _ansible(site, count)
    raise ValueError(name)


def _each(script: str, site: Site, count: int) -> Command:
    """`script` for each device, whose address is its `$0`, by xargs."""
    addresses = site.payload.folder / f"addresses-{count}"
    addresses.write_text("".join(f"{device.address}\n" for device in site.devices.all[:count]))
    once = f"xargs -P{_AT_A_TIME} -n1 sh -c {shlex.quote(script)} <{addresses}"
    return Command(["sh", "-c", once])


def _options(site: Site) -> str:
    """Those without which OpenSSH would read this user's own configuration, or ask."""
    return (
        f"-F none -i {site.devices.key} -o IdentitiesOnly=yes -o BatchMode=yes -o StrictHostKeyChecking=yes "
        f"-o UserKnownHostsFile={site.devices.known_hosts} -o GlobalKnownHostsFile=/dev/null"
    )


def _openssh(site: Site) -> str:
    """One connection, one command, one stream, and the cheapest algorithms."""
    tuned = "-o KexAlgorithms=curve25519-sha256 -o Ciphers=aes128-gcm@openssh.com -o Compression=no"
    return f"exec ssh {_options(site)} {tuned} root@$0 {shlex.quote(site.payload.from_tar)} <{site.payload.tar}"


def _scp(site: Site) -> str:
    """As one types it: a folder, the files, the rest."""
    options, files = _options(site), site.payload.folder
    return (
        f"ssh {options} root@$0 mkdir -p /{INSTALL_PLACE} && "
        f"scp -q {options} {files / BINARY} {files / WEB} {files / UNIT} root@$0:/{INSTALL_PLACE}/ && "
        f"ssh {options} root@$0 {shlex.quote(f'set -e; mv /{INSTALL_PLACE}/{UNIT} /etc/systemd/system/; {site.payload.finish}')}"
    )


def _ansible(site: Site, count: int) -> Command:
    folder = site.payload.folder
    inventory = folder / f"inventory-{count}.ini"
    addresses = "".join(f"{device.address}\n" for device in site.devices.all[:count])
    inventory.write_text(f"[all]\n{addresses}")
    checking = (
        f"-o UserKnownHostsFile={site.devices.known_hosts} -o GlobalKnownHostsFile=/dev/null -o IdentitiesOnly=yes"
    )
    configuration = folder / "ansible.cfg"
    configuration.write_text(
        f"[defaults]\nforks = {_FORKS}\nhost_key_checking = True\nprivate_key_file = {site.devices.key}\n"
        "remote_user = root\ninterpreter_python = /usr/bin/python3\nretry_files_enabled = False\n"
        f"[ssh_connection]\npipelining = True\ncontrol_path_dir = /tmp/ansible-{os.getpid()}\n"
        f"ssh_args = -F none -C -o ControlMaster=auto -o ControlPersist=60s {checking}\n"
    )
    values = {"folder": f"/{INSTALL_PLACE}", "source": str(folder), "sha256": site.payload.sha256}
    extra = " ".join(f"{key}={value}" for key, value in values.items())
    argv = [str(_OTHERS / "ansible-playbook"), "-i", str(inventory), str(_WAYS / "playbook.yml"), "-e", extra]
    return Command(argv, {"ANSIBLE_CONFIG": str(configuration), "LC_ALL": "C.UTF-8"})
