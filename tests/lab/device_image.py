"""The device: a small Debian with systemd, sshd and sudo, as one finds it behind an industrial PC.

Three people have accounts on it. `iiot` may use sudo without a password and has a key; `ask` must give a password to sudo; `plain` may not
use sudo at all. Host keys are made at first boot, so that each device has its own.
"""

import functools
import hashlib
import json
import tarfile
from pathlib import Path

import docker

from tests.lab.debian import SUITE, cached, mirror
from tests.lab.images import decompressed, load_image, root_file_system
from tests.lab.places import Places
from tests.lab.system import run

IMAGE = "plantwatch-lab/device:systemd"
USER = "iiot"
PASSWORDS = {"iiot": "Passw0rd!", "ask": "Ask-Pass1", "plain": "Plain-1"}

_PACKAGES = ("systemd", "systemd-sysv", "dbus", "openssh-server", "sudo", "iproute2", "procps")
_UNWANTED = ("man", "doc", "locale", "info", "lintian", "zoneinfo")

_CHANGES = ('CMD ["/sbin/init"]', "ENV container=docker", "EXPOSE 22", "EXPOSE 9100")
STOP_SIGNAL = "SIGRTMIN+3"

# Runs in the new root file system. Units that only make sense on a machine of its own would fail in a container; they are masked.
_CUSTOMISE = r"""
set -eu
for account in iiot:Passw0rd! ask:Ask-Pass1 plain:Plain-1; do
    useradd --create-home --shell /bin/bash "${account%%:*}"
    echo "$account" | chpasswd
done
echo 'root:Root-1' | chpasswd
echo 'iiot ALL=(ALL) NOPASSWD:ALL' >/etc/sudoers.d/iiot
echo 'ask ALL=(ALL) ALL' >/etc/sudoers.d/ask
chmod 440 /etc/sudoers.d/iiot /etc/sudoers.d/ask
mkdir -p /etc/systemd/system/ssh.service.d
cat >/etc/systemd/system/ssh.service.d/hostkey.conf <<'UNIT'
[Service]
ExecStartPre=
ExecStartPre=/bin/sh -c "test -s /etc/ssh/ssh_host_ed25519_key || ssh-keygen -q -t ed25519 -N '' -C '' -f /etc/ssh/ssh_host_ed25519_key"
ExecStartPre=/usr/sbin/sshd -t
UNIT
printf 'PermitRootLogin no\nUseDNS no\nMaxStartups 100:30:200\nPrintMotd no\n' >/etc/ssh/sshd_config.d/lab.conf
systemctl mask systemd-logind.service getty.target console-getty.service systemd-resolved.service systemd-networkd.service \
    systemd-udevd.service systemd-udev-trigger.service systemd-timesyncd.service apt-daily.timer apt-daily-upgrade.timer \
    e2scrub_all.timer fstrim.timer dpkg-db-backup.timer sys-kernel-debug.mount sys-kernel-tracing.mount dev-hugepages.mount \
    dev-mqueue.mount systemd-remount-fs.service
rm -rf /etc/ssh/ssh_host_* /var/cache/apt/* /var/lib/apt/lists/* /var/log/*.log
: >/etc/machine-id
"""


def provide(places: Places, client: docker.DockerClient) -> None:
    """Makes sure that the engine has the device image."""
    load_image(places, client, name=IMAGE, recipe=_recipe(), changes=_CHANGES, build=_build)


@functools.cache
def sums(places: Places) -> dict[str, str]:
    """SHA-256 of every regular file of the image, by absolute path."""

    def build(target: Path) -> None:
        archive = root_file_system(places, IMAGE.rpartition(":")[0], _recipe(), _build)
        found = {}
        with decompressed(archive) as stream, tarfile.open(fileobj=stream, mode="r|") as tar:
            for entry in tar:
                if entry.isreg() and (content := tar.extractfile(entry)) is not None:
                    found["/" + entry.name.removeprefix("./")] = hashlib.sha256(content.read()).hexdigest()
                elif entry.islnk():
                    found["/" + entry.name.removeprefix("./")] = found["/" + entry.linkname.removeprefix("./")]
        target.write_text(json.dumps(found))

    content: dict[str, str] = json.loads(cached(places, "device-sums", _recipe(), build).read_text())
    return content


def _recipe() -> str:
    return "\0".join((SUITE, *_PACKAGES, *_UNWANTED, _CUSTOMISE))


def _build(target: Path) -> None:
    script = target.with_name("customise.sh")
    script.write_text(_CUSTOMISE)
    tar = target.with_name("device.tar")
    run(
        [
            "mmdebstrap", "--quiet", "--mode=root", "--variant=essential", "--components=main",
            "--aptopt=APT::Install-Recommends \"false\"", "--aptopt=Acquire::Languages \"none\"",
            *(f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in _UNWANTED),
            f"--include={','.join(_PACKAGES)}",
            f'--customize-hook=chroot "$1" sh <{script}',
            SUITE, str(tar), mirror(),
        ],
        timeout=1200,
    )  # fmt: skip
    run(["zstd", "-q", "-3", "-T0", "-o", str(target), str(tar)])
