"""Unit tests run without Qt, without Docker and without a network, leave no thread behind, and log no surprise.

A run of unit tests only cannot import Qt even where it is installed. In a run together with other tests Qt is there already; the rest
holds in any run.
"""

import gc
import logging
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.migrated import copied_inventories, migrated_inventory  # noqa: F401 - fixtures
from tests.unit.conditions import Collector, ExpectedLog, Network, NoQt

_HERE = Path(__file__).parent
_THREAD_SECONDS = 2.0


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """The last moment before pytest-qt imports Qt."""
    if not all(Path(argument.partition("::")[0]).resolve().is_relative_to(_HERE) for argument in config.args):
        return
    plugin = config.pluginmanager.get_plugin("pytest-qt")
    if plugin is not None:
        config.pluginmanager.unregister(plugin)
    sys.meta_path.insert(0, NoQt())


# What is imported stays to the end: walking over it again and again took a tenth of the time.
gc.disable()


@pytest.hookimpl
def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
    gc.enable()


_network = Network()
# A hook of the interpreter sees the connections that libraries make in C, too. It cannot be taken away again, only be told to let pass.
sys.addaudithook(_network)


@pytest.fixture(autouse=True)
def network_guard() -> Iterator[Network]:
    """Fails the test that connects to anything or asks a name service."""
    _network.refused.clear()
    _network.closed, _network.loopback = True, False
    try:
        yield _network
    finally:
        _network.closed = False
    assert not _network.refused, f"tried {_network.refused}"


@pytest.fixture
def loopback(network_guard: Network) -> None:
    """Lets the test connect to a server of its own on a loopback address."""
    network_guard.loopback = True


@pytest.fixture(autouse=True)
def expect_log() -> Iterator[ExpectedLog]:
    """Fails the test for a record of level WARNING or above that it did not announce: `expect_log("unknown key")`."""
    collector, expected = Collector(), ExpectedLog()
    root = logging.getLogger()
    root.addHandler(collector)
    try:
        yield expected
    finally:
        root.removeHandler(collector)
    expected.check(collector.messages)


@pytest.fixture(autouse=True)
def _no_leaked_threads() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + _THREAD_SECONDS
    for thread in set(threading.enumerate()) - before:
        thread.join(max(0.0, deadline - time.monotonic()))
    leaked = [thread.name for thread in threading.enumerate() if thread not in before]
    assert not leaked, f"threads still running: {leaked}"
