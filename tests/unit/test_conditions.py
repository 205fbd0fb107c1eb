"""The conditions that conftest.py sets for unit tests hold."""

import importlib
import socket
import sys

import pytest

from tests.unit.conditions import ExpectedLog, Network


@pytest.mark.parametrize("name", ["PySide6", "PySide6.QtCore", "shiboken6", "pyqtgraph"])
def test_qt_cannot_be_imported(name: str, pytestconfig: pytest.Config) -> None:
    if pytestconfig.pluginmanager.has_plugin("pytest-qt"):
        pytest.skip("run together with tests of the window")
    assert name not in sys.modules
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module(name)


class TestNetwork:
    @pytest.fixture
    def network(self) -> Network:
        network = Network()
        network.closed = True
        return network

    @pytest.mark.parametrize(
        ("family", "address"),
        [
            (socket.AF_INET, ("192.0.2.1", 80)),
            (socket.AF_INET, ("127.0.0.1", 2375)),
            (socket.AF_INET6, ("::1", 2375, 0, 0)),
            (socket.AF_UNIX, "/var/run/docker.sock"),
        ],
    )
    def test_connections_are_refused_and_remembered(
        self, network: Network, family: socket.AddressFamily, address: object
    ) -> None:
        with socket.socket(family) as connecting, pytest.raises(ConnectionRefusedError):
            network("socket.connect", (connecting, address))
        assert len(network.refused) == 1

    def test_names_are_not_looked_up(self, network: Network) -> None:
        with pytest.raises(ConnectionRefusedError):
            network("socket.getaddrinfo", ("example.org", 80, 0, 0, 0))
        network("socket.getaddrinfo", ("192.0.2.1", 80, 0, 0, 0))

    def test_loopback_is_open_on_request_only_to_itself(self, network: Network) -> None:
        network.loopback = True
        with socket.socket() as connecting:
            network("socket.connect", (connecting, ("127.0.0.1", 8080)))
            with pytest.raises(ConnectionRefusedError):
                network("socket.connect", (connecting, ("192.0.2.1", 8080)))

    def test_the_interpreter_asks(self, network_guard: Network) -> None:
        with socket.socket() as connecting, pytest.raises(ConnectionRefusedError, match="no network"):
            connecting.connect(("192.0.2.1", 80))
        assert network_guard.refused
        network_guard.refused.clear()


class TestExpectedLog:
    def test_a_surprise_fails(self) -> None:
        with pytest.raises(AssertionError, match="without being expected"):
            ExpectedLog().check(["app: something broke"])

    def test_an_announced_record_must_come(self) -> None:
        expected = ExpectedLog()
        expected("broke")
        expected.check(["app: something broke", "app: something broke again"])
        with pytest.raises(AssertionError, match="not there"):
            expected.check([])
