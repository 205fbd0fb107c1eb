"""What a stranger gets from a real exporter, in each way in which one may be run."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.models.security import Demand, Exposure, Verdict
from app.services.audit.probe import probe
from app.services.kit import Kit
from app.services.progress import CancelToken
from tests.integration.enrolments import kit_folder
from tests.integration.monitoring import free_port, wait_for
from tests.lab import Lab
from tests.unit.services.audit.strangers import ENDS_AT, certificate_in

#: bcrypt of “prometheus”, at the least cost.
_USERS = "basic_auth_users:\n  prometheus: $2b$04$XB/LqyfGA5gm7gWpUYSWM.j8pL4p6dlxDRaEBXtDe3DMzFCfQ4xLe\n"


@pytest.fixture(scope="module")
def binary(lab: Lab) -> Path:
    """The exporter for this machine, as the kit has it."""
    return next(build.path for build in Kit(kit_folder(lab)).builds() if build.architecture == "amd64")


@contextmanager
def exporter(binary: Path, folder: Path, configuration: str) -> Iterator[int]:
    """The port of an exporter that runs with this web configuration."""
    port = free_port()
    file = folder / "web.yml"
    file.write_text(configuration)
    arguments = [str(binary), f"--web.listen-address=127.0.0.1:{port}", f"--web.config.file={file}"]
    arguments += ["--collector.disable-defaults", "--collector.loadavg"]
    with (folder / "exporter.log").open("wb") as log, subprocess.Popen(arguments, stdout=log, stderr=log) as process:
        try:
            yield port
        finally:
            process.terminate()


def look(port: int) -> Exposure:
    """Once the exporter listens."""

    def reached() -> Exposure | None:
        found = probe("127.0.0.1", port, token=CancelToken())
        return None if found.verdict is Verdict.NOT_REACHED else found

    return wait_for(reached, what="the exporter to listen")


@pytest.fixture
def tls(tmp_path: Path) -> str:
    file = certificate_in(tmp_path)
    return f"tls_server_config:\n  cert_file: {file}\n  key_file: {file}\n"


def test_plain_http_is_found_to_be_open(binary: Path, tmp_path: Path) -> None:
    with exporter(binary, tmp_path, "") as port:
        found = look(port)
    assert (found.verdict, found.serves_plain_http, found.demand) == (Verdict.OPEN, True, Demand.NOTHING)


def test_a_password_over_plain_http_is_found_to_be_unencrypted(binary: Path, tmp_path: Path) -> None:
    with exporter(binary, tmp_path, _USERS) as port:
        found = look(port)
    assert (found.verdict, found.serves_tls, found.demand) == (Verdict.UNENCRYPTED, False, Demand.PASSWORD)


def test_tls_alone_is_found_to_be_open(binary: Path, tmp_path: Path, tls: str) -> None:
    with exporter(binary, tmp_path, tls) as port:
        found = look(port)
    assert (found.verdict, found.serves_plain_http, found.serves_tls) == (Verdict.OPEN, False, True)
    assert found.certificate is not None
    assert found.certificate.ends_at == ENDS_AT


@pytest.mark.parametrize("version", ["TLS12", "TLS13"])
def test_a_demanded_client_certificate_is_found_to_protect(
    binary: Path, tmp_path: Path, tls: str, version: str
) -> None:
    demand = f"  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: {tmp_path / 'server.pem'}\n"
    with exporter(binary, tmp_path, f"{tls}{demand}  max_version: {version}\n") as port:
        found = look(port)
    assert (found.verdict, found.demand) == (Verdict.PROTECTED, Demand.CLIENT_CERTIFICATE)
    assert (found.serves_plain_http, found.serves_tls) == (False, True)
