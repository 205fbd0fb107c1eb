"""Rendering the services' configuration."""

import io
import shutil
import tarfile
from dataclasses import replace
from pathlib import Path

import bcrypt
import pytest
import yaml

from app.errors import StackError
from app.models.certificate import Identity
from app.models.secret import Secret
from app.models.stack import ServiceName, StackOptions
from app.paths import stack_file
from app.services.stack.configuration import (
    STAMP,
    Configuration,
    Passwords,
    is_loopback,
    render,
    variables,
    visit_address,
)

PASSWORDS = Passwords(*map(Secret, ("canary-prometheus", "canary-alertmanager", "canary-admin", "canary-viewer")))
OPTIONS = StackOptions(scrape_interval_seconds=5)
SCRAPER = Identity("certificate", Secret("canary-key"), "authorities")


def rendered(options: StackOptions = OPTIONS, passwords: Passwords = PASSWORDS) -> dict[ServiceName, Configuration]:
    return dict(render(stack_file(), options, passwords, SCRAPER))


def members(archive: bytes) -> dict[str, tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        return {member.name: member for member in tar}


def content(archive: bytes, name: str) -> bytes:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        file = tar.extractfile(name)
        assert file is not None
        return file.read()


def test_prometheus_knows_its_rules_its_targets_and_the_other_services() -> None:
    archive = rendered()[ServiceName.PROMETHEUS].archive(stamped=True)
    document = yaml.safe_load(content(archive, "prometheus.yml"))
    assert document["global"]["scrape_interval"] == "5s"
    assert document["rule_files"] == ["rules/alerting.yaml", "rules/recording.yaml"]
    assert set(document["rule_files"]) <= members(archive).keys()
    jobs = {job["job_name"]: job for job in document["scrape_configs"]}
    assert set(jobs) == {"node", "prometheus", "alertmanager", "grafana"}
    assert jobs["node"]["file_sd_configs"][0]["files"] == ["targets/*.json"]
    for name in ("prometheus", "alertmanager", "grafana"):
        assert jobs[name]["basic_auth"]["password_file"] in members(archive)


def test_secrets_are_readable_by_the_service_alone() -> None:
    for service, configuration in rendered().items():
        uid = 472 if service is ServiceName.GRAFANA else 65534
        for member in members(configuration.archive(stamped=True)).values():
            if member.name == "web.yml" or member.name.startswith("secrets"):
                assert (member.uid, member.mode & 0o077) == (uid, 0), member.name
            else:
                assert member.uid == 0, member.name


def test_the_web_file_holds_a_hash_and_never_the_password() -> None:
    for service, password in (
        (ServiceName.PROMETHEUS, PASSWORDS.prometheus),
        (ServiceName.ALERTMANAGER, PASSWORDS.alertmanager),
    ):
        text = content(rendered()[service].archive(stamped=True), "web.yml")
        assert b"canary" not in text
        hashed = yaml.safe_load(text)["basic_auth_users"]["plantwatch"]
        assert bcrypt.checkpw(password.reveal().encode(), hashed.encode())


def test_no_password_shows_in_a_repr_or_fingerprint() -> None:
    shown = f"{PASSWORDS!r} {rendered()!r} {[item.fingerprint for item in rendered().values()]}"
    assert "canary" not in shown


def test_the_viewers_password_is_delivered_nowhere() -> None:
    for configuration in rendered().values():
        archive = configuration.archive(stamped=True)
        assert b"canary-viewer" not in archive


def test_the_fingerprint_is_stable_and_follows_the_content() -> None:
    before = {name: item.fingerprint for name, item in rendered().items()}
    assert before == {name: item.fingerprint for name, item in rendered().items()}
    slower = rendered(replace(OPTIONS, scrape_interval_seconds=30))
    assert slower[ServiceName.PROMETHEUS].fingerprint != before[ServiceName.PROMETHEUS]
    assert slower[ServiceName.ALERTMANAGER].fingerprint == before[ServiceName.ALERTMANAGER]
    other = rendered(passwords=replace(PASSWORDS, alertmanager=Secret("changed")))
    assert other[ServiceName.ALERTMANAGER].fingerprint != before[ServiceName.ALERTMANAGER]
    assert other[ServiceName.PROMETHEUS].fingerprint != before[ServiceName.PROMETHEUS]


def test_the_stamp_comes_last_and_only_when_asked_for() -> None:
    configuration = rendered()[ServiceName.PROMETHEUS]
    stamped = configuration.archive(stamped=True)
    assert list(members(stamped))[-1] == STAMP
    assert STAMP not in members(configuration.archive(stamped=False))
    assert (
        content(configuration.stamp(), STAMP).decode() == configuration.fingerprint == content(stamped, STAMP).decode()
    )


def test_previous_files_come_back_with_their_owners() -> None:
    configuration = rendered()[ServiceName.PROMETHEUS]
    archive = configuration.previous({"prometheus.yml": b"old", "secrets/prometheus": b"x", "stranger": b""})
    found = members(archive)
    assert set(found) == {"prometheus.yml", "secrets/prometheus"}
    assert found["secrets/prometheus"].uid == 65534
    assert content(archive, "prometheus.yml") == b"old"


def test_a_broken_definition_is_a_clear_error(tmp_path: Path) -> None:
    shutil.copytree(stack_file(), tmp_path / "stack")
    (tmp_path / "stack" / "alertmanager" / "alertmanager.yml").unlink()
    with pytest.raises(StackError, match="cannot be read"):
        render(tmp_path / "stack", OPTIONS, PASSWORDS, SCRAPER)


@pytest.mark.parametrize(
    ("address", "published", "visited"),
    [
        ("127.0.0.1", "127.0.0.1", "127.0.0.1"),
        ("0.0.0.0", "0.0.0.0", "127.0.0.1"),
        ("::", "[::]", "[::1]"),
        ("192.0.2.1", "192.0.2.1", "192.0.2.1"),
    ],
)
def test_addresses(address: str, published: str, visited: str) -> None:
    values = variables(StackOptions(publish_address=address))
    assert values["PLANTWATCH_PUBLISH_ADDRESS"] == published
    assert values["PLANTWATCH_VISIT_ADDRESS"] == visited
    assert visit_address(address) == visited.strip("[]")


def test_all_interfaces_are_not_the_loopback() -> None:
    assert is_loopback("127.0.0.1")
    assert is_loopback("127.9.9.9")
    assert is_loopback("::1")
    assert not is_loopback("0.0.0.0")
    assert not is_loopback("192.0.2.1")
