"""The image under Grafana's name: Debian's Python and the stand-in of tests/lab/grafana_standin. Grafana itself is not in Debian."""

import shutil
import tempfile
from pathlib import Path

import yaml

from tests.lab.debian import unpacked
from tests.lab.places import Places
from tests.lab.rootfs import RootFs
from tests.lab.system import run

# Accounts, paths, port and volume are those of grafana/grafana.
_GRAFANA = 472
_PYTHON = "python3.11"
_SOURCE = Path(__file__).parent / "grafana_standin"
_LEFT_OUT = {
    "test",
    "lib2to3",
    "idlelib",
    "tkinter",
    "ensurepip",
    "pydoc_data",
    "distutils",
    "curses",
    "turtledemo",
    "sqlite3",
}

CHANGES = (
    f'ENTRYPOINT ["/usr/bin/{_PYTHON}","-B","-m","tests.lab.grafana_standin"]',
    f"USER {_GRAFANA}", "WORKDIR /usr/share/grafana", "EXPOSE 3000", "VOLUME /var/lib/grafana",
    "ENV PATH=/bin:/usr/bin", "ENV PYTHONPATH=/usr/lib/grafana-standin", "ENV PYTHONUNBUFFERED=1",
    "ENV GF_PATHS_DATA=/var/lib/grafana", "ENV GF_PATHS_PROVISIONING=/etc/grafana/provisioning",
)  # fmt: skip


def recipe() -> str:
    """Changes whenever the image has to be made anew."""
    return "".join(path.read_text() for path in (Path(__file__), *sorted(_SOURCE.iterdir())) if path.is_file())


def build(places: Places) -> bytes:
    """The image's root file system as a tar."""
    packages = unpacked(
        places, f"{_PYTHON}-minimal", f"lib{_PYTHON}-minimal", f"lib{_PYTHON}-stdlib", "libexpat1", "zlib1g", "libssl3"
    )
    root = RootFs()
    root.base({"grafana": _GRAFANA})
    root.program(f"/usr/bin/{_PYTHON}", packages / "usr/bin" / _PYTHON, packages=packages)
    with tempfile.TemporaryDirectory() as scratch:
        library = Path(scratch) / _PYTHON
        shutil.copytree(packages / "usr/lib" / _PYTHON, library, ignore=lambda _, names: _LEFT_OUT.intersection(names))
        modules = Path(scratch) / "modules"
        shutil.copytree(_SOURCE, modules / "tests/lab/grafana_standin", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(
            Path(yaml.__file__).parent, modules / "yaml", ignore=shutil.ignore_patterns("__pycache__", "*.so")
        )
        _compile(packages, library, inside=f"/usr/lib/{_PYTHON}")
        _compile(packages, modules, inside="/usr/lib/grafana-standin")
        root.tree(library, f"/usr/lib/{_PYTHON}")
        root.tree(modules, "/usr/lib/grafana-standin")
        for extension in ("_ssl", "_hashlib"):
            (found,) = library.glob(f"lib-dynload/{extension}.*.so")
            root.program(f"/usr/lib/{_PYTHON}/lib-dynload/{found.name}", found, packages=packages)
    for directory in ("/var/lib/grafana", "/var/log/grafana", "/usr/share/grafana"):
        root.directory(directory, owner=_GRAFANA)
    for directory in ("datasources", "dashboards", "plugins", "alerting"):
        root.directory(f"/etc/grafana/provisioning/{directory}", owner=_GRAFANA)
    return root.finish()


def _compile(packages: Path, directory: Path, *, inside: str) -> None:
    """Byte code beside the sources: nothing is compiled at each start of the container."""
    python = packages / "usr/bin" / _PYTHON
    environment = {"PYTHONHOME": str(packages / "usr"), "PATH": "/usr/bin:/bin"}
    arguments = [
        "-m",
        "compileall",
        "-q",
        "-j",
        "0",
        "--invalidation-mode",
        "unchecked-hash",
        "-s",
        str(directory),
        "-p",
        inside,
    ]
    run([str(python), *arguments, str(directory)], env=environment)
