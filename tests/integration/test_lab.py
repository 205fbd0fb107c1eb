"""The lab is what it says: real devices, a routed plant network, images under official names, a kit with true checksums."""

import binascii
import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator, Sequence

import keyring
import paramiko
import pytest
import requests

from tests.lab import Device, Lab
from tests.lab.device_image import PASSWORDS
from tests.lab.images import LABEL, wanted


def lab_command(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs `python -m tests.lab …` as a person does."""
    return subprocess.run(
        [sys.executable, "-m", "tests.lab", *arguments], capture_output=True, text=True, check=False, timeout=170
    )


class TestCommands:
    """`up`, `status` and `run` from a shell."""

    def test_up_again_is_quick_and_prints_one_document_last(self, lab: Lab) -> None:
        before = {device.container for device in lab.devices() if device.name.startswith("device-")}
        began = time.monotonic()
        done = lab_command("up", "--devices", "0")
        assert done.returncode == 0, done.stderr
        assert time.monotonic() - began < 10
        document = json.loads(done.stdout.splitlines()[-1])
        assert set(document) == {"docker_host", "kit_url", "kit_version", "devices"}
        assert {entry["container"] for entry in document["devices"]} == before

    def test_status_prints_the_same_document(self, lab: Lab) -> None:
        done = lab_command("status")
        assert json.loads(done.stdout) == lab.document

    def test_run_gives_a_keyring_and_the_engine_and_passes_the_exit_code_on(self, lab: Lab) -> None:
        script = (
            "import json, keyring, os, sys;"
            "keyring.set_password('lab', 'me', 'opened');"
            "print(json.dumps([type(keyring.get_keyring()).__module__, keyring.get_password('lab', 'me'),"
            " os.environ['DOCKER_HOST'], os.environ['HOME'], json.load(open(os.environ['LAB_JSON']))['kit_url'],"
            " os.environ['PLANTWATCH_KIT_URL']])); sys.exit(7)"
        )
        done = lab_command("run", "--", sys.executable, "-c", script)
        assert done.returncode == 7, done.stderr
        backend, secret, engine, home, *kit = json.loads(done.stdout)
        assert (backend, secret, engine) == ("keyring.backends.SecretService", "opened", lab.docker_host)
        assert kit == [lab.document["kit_url"]] * 2
        assert not os.path.exists(home)
        assert not _processes_with(home)

    def test_run_ends_what_the_command_left_in_the_background(self, lab: Lab) -> None:
        done = lab_command("run", "--", "sh", "-c", "setsid sleep 600 >/dev/null 2>&1 & echo $HOME")
        assert done.returncode == 0, done.stderr
        assert not _processes_with(done.stdout.strip())

    def test_these_tests_have_a_secret_service(self, keyring_session: None) -> None:
        keyring.set_password("plantwatch-lab-test", "user", "value")
        assert keyring.get_password("plantwatch-lab-test", "user") == "value"
        keyring.delete_password("plantwatch-lab-test", "user")


class TestImages:
    """What the engine has under the names in stack/compose.yaml."""

    def test_every_image_of_the_stack_is_there_and_says_what_it_is(self, lab: Lab) -> None:
        if os.environ.get("LAB_IMAGES") == "upstream":
            pytest.skip("upstream's images")
        names = wanted()
        assert {name.partition(":")[0] for name in names} >= {"prom/prometheus", "prom/alertmanager", "grafana/grafana"}
        for name in names:
            image = lab.engine.images.get(name)
            assert name in image.tags
            assert image.labels[LABEL] == "stand-in"

    @pytest.mark.parametrize(
        ("repository", "entrypoint", "volume", "user"),
        [
            ("prom/prometheus", "/bin/prometheus", "/prometheus", "nobody"),
            ("prom/alertmanager", "/bin/alertmanager", "/alertmanager", "nobody"),
            ("grafana/grafana", None, "/var/lib/grafana", "472"),
        ],
    )
    def test_their_configuration_is_upstreams(
        self, lab: Lab, repository: str, entrypoint: str | None, volume: str, user: str
    ) -> None:
        (name,) = (name for name in wanted() if name.startswith(f"{repository}:"))
        configuration = lab.engine.images.get(name).attrs["Config"]
        assert configuration["User"] == user
        assert volume in configuration["Volumes"]
        assert entrypoint in (None, configuration["Entrypoint"][0])


class TestKit:
    """The exporter builds that a kit is filled from."""

    def test_the_archive_matches_its_checksum_and_has_upstreams_layout(self, lab: Lab) -> None:
        document = lab.document
        version = document["kit_version"]
        base = f"{document['kit_url']}/v{version}"
        with requests.Session() as session:
            session.trust_env = False
            digest, name = session.get(f"{base}/sha256sums.txt", timeout=10).text.split()
            archive = session.get(f"{base}/{name}", timeout=30).content
        assert hashlib.sha256(archive).hexdigest() == digest
        assert name.startswith(f"node_exporter-{version}.linux-")
        top = name.removesuffix(".tar.gz")
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            assert set(tar.getnames()) == {top, *(f"{top}/{file}" for file in ("LICENSE", "NOTICE", "node_exporter"))}
            assert tar.getmember(f"{top}/node_exporter").mode == 0o755


@pytest.mark.full  # all the other tests stand on them
class TestDevice:
    """A device boots like a real one and can be looked at and changed."""

    def test_boots_without_a_failed_unit(self, device: Device) -> None:
        assert device.exec(["systemctl", "is-system-running"]).out.strip() == "running"
        assert device.exec(["systemctl", "--failed", "--no-legend"]).out == ""

    def test_units_are_really_sandboxed(self, device: Device) -> None:
        sandbox = ("-p", "ProtectSystem=strict", "-p", "PrivateTmp=yes", "-p", "NoNewPrivileges=yes")
        run = ["systemd-run", "--wait", "--pipe", "--quiet", *sandbox, "sh", "-c"]
        device.exec(["touch", "/tmp/seen"])
        assert "Read-only file system" in device.exec([*run, "touch /etc/forbidden"]).out
        assert "seen" not in device.exec([*run, "ls /tmp"]).out
        assert "NoNewPrivs:\t1" in device.exec([*run, "cat /proc/self/status"]).out

    def test_its_users_differ_in_what_sudo_lets_them(self, device: Device) -> None:
        expected = {"iiot": "0", "ask": "a password is required", "plain": "a password is required"}
        for user, answer in expected.items():
            with _ssh(device, user, password=PASSWORDS[user]) as client:
                assert answer in _run(client, "sudo -n id -u")
        with _ssh(device, "ask", password=PASSWORDS["ask"]) as client:
            assert _run(client, f"echo {PASSWORDS['ask']} | sudo -S -p '' id -u").split()[-1] == "0"
        with _ssh(device, "plain", password=PASSWORDS["plain"]) as client:
            assert "not in the sudoers file" in _run(client, f"echo {PASSWORDS['plain']} | sudo -S -p '' id -u")

    def test_the_key_opens_it_and_the_host_key_is_the_one_said(self, device: Device) -> None:
        with _ssh(device, device.user, key_filename=str(device.key_file)) as client:
            transport = client.get_transport()
            assert transport is not None
            key = transport.get_remote_server_key()
            assert f"{key.get_name()} {key.get_base64()}" == device.host_key

    def test_what_listens_on_it_is_seen_from_here(self, device: Device) -> None:
        sockets = [
            f"--socket-property=ListenStream={place}" for place in ("127.0.0.1:7001", f"{device.address}:7002", "7003")
        ]
        assert device.listening == {(device.address, 22)}
        device.exec(["systemd-run", "--unit=listens", *sockets, "cat"])
        assert device.listening == {(device.address, port) for port in (22, 7002, 7003)}
        # The service as well: whoever asked at the port has started it, and it holds the sockets.
        device.exec(["systemctl", "stop", "listens.socket", "listens.service"])
        assert device.listening == {(device.address, 22)}

    def test_every_device_has_a_host_key_of_its_own_and_can_get_another(self, lab: Lab, device: Device) -> None:
        other = lab.new_device()
        try:
            assert other.host_key != device.host_key
        finally:
            other.remove()
        before = device.host_key
        assert device.restart_with_new_host_key() != before
        with _ssh(device, device.user, password=device.password):
            pass

    def test_a_password_can_be_changed(self, device: Device) -> None:
        device.set_password("plain", "An0ther: $word'")
        with _ssh(device, "plain", password="An0ther: $word'") as client:
            assert _run(client, "id -un").strip() == "plain"

    def test_a_snapshot_shows_each_kind_of_change_and_nothing_else(self, device: Device) -> None:
        before = device.snapshot()
        assert before.difference(device.snapshot()) == []
        device.exec(
            [
                "sh",
                "-c",
                "echo left >/etc/left; rm /etc/issue; chmod 600 /etc/issue.net; mkdir /opt/left; date >/tmp/ignored",
            ]
        )
        device.put_file(
            "/etc/systemd/system/left.service",
            "[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n",
        )
        device.exec(["systemctl", "enable", "left.service"])
        lines = before.difference(device.snapshot(), ignore=("/etc/systemd/*",))
        assert [line.split(":")[0] for line in lines] == [
            "- file /etc/issue", "~ file /etc/issue.net", "+ file /etc/left", "+ file /opt/left", "+ unit multi-user.target.wants/left.service",
        ]  # fmt: skip

    def test_can_be_made_with_a_small_disk_and_files(self, lab: Lab) -> None:
        fresh = lab.new_device(small_disks={"/opt": 65536}, files={"/usr/local/bin/uname": "#!/bin/sh\necho sparc64\n"})
        try:
            assert "No space left" in fresh.exec(["dd", "if=/dev/zero", "of=/opt/file", "bs=100k", "count=1"]).out
            with _ssh(fresh, fresh.user, password=fresh.password) as client:
                assert _run(client, "uname -m").strip() == "sparc64"
        finally:
            fresh.remove()

    def test_comes_back_after_its_plug_was_pulled(self, device: Device) -> None:
        key = device.host_key
        device.stop()
        device.start()
        assert device.host_key == key


class TestPlantNetwork:
    """One address serves this machine and the stack's containers, as in real life."""

    @pytest.fixture
    def other_network(self, lab: Lab) -> Iterator[str]:
        network = lab.engine.networks.create("plantwatch-lab-test-stack")
        yield str(network.name)
        network.remove()

    def test_a_container_on_another_network_reaches_a_device(
        self, lab: Lab, device: Device, other_network: str
    ) -> None:
        (image,) = (name for name in wanted() if name.startswith("prom/prometheus:"))
        probe = ["-c", f"sleep 3 | nc {device.address} {device.port}"]
        out = lab.engine.containers.run(image, probe, entrypoint=["/bin/sh"], network=other_network, remove=True)
        assert out.startswith(b"SSH-2.0-")


def _ssh(device: Device, user: str, **credentials: str) -> paramiko.SSHClient:
    client = paramiko.SSHClient()
    name, base64 = device.host_key.split()
    client.get_host_keys().add(device.address, name, paramiko.PKey.from_type_string(name, _decode(base64)))
    client.connect(
        device.address, device.port, user, allow_agent=False, look_for_keys=False, timeout=15,
        password=credentials.get("password"), key_filename=credentials.get("key_filename"),
    )  # fmt: skip
    return client


def _decode(base64: str) -> bytes:
    return binascii.a2b_base64(base64)


def _run(client: paramiko.SSHClient, command: str) -> str:
    _, stdout, _ = client.exec_command(f"({command}) 2>&1", timeout=30)
    return stdout.read().decode()


def _processes_with(text: str) -> Sequence[str]:
    found = []
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                with open(f"/proc/{entry.name}/environ", "rb") as file:
                    if text.encode() in file.read():
                        found.append(entry.name)
            except OSError:
                continue
    return found
