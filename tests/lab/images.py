"""The stack's images under their official names and tags, made from Debian's binaries.

The product deploys what stack/compose.yaml names; on the lab's engine these names lead to stand-ins, so that the code path is the one that
users run. Every stand-in says what it is in the label `org.plantwatch.lab`. With LAB_IMAGES=upstream the real images are pulled instead.
"""

import hashlib
import inspect
import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import docker
import yaml
from docker.errors import DockerException, ImageNotFound

from tests.lab import grafana_image, rootfs
from tests.lab.debian import cached, unpacked
from tests.lab.errors import LabError
from tests.lab.places import Places
from tests.lab.rootfs import RootFs
from tests.lab.system import say

COMPOSE = Path(__file__).parents[2] / "stack" / "compose.yaml"
LABEL = "org.plantwatch.lab"
_RECIPE_LABEL = "org.plantwatch.lab.recipe"
_NOBODY = 65534


@dataclass(frozen=True)
class StandIn:
    """How the image of one official repository is made: a tar of its files, and Dockerfile instructions for the rest."""

    build: Callable[[Places], bytes]
    recipe: str
    changes: Sequence[str]


def _prometheus(places: Places) -> bytes:
    packages = unpacked(places, "prometheus")
    root = RootFs()
    root.base({"nobody": _NOBODY})
    root.program("/bin/prometheus", packages / "usr/bin/prometheus", packages=packages)
    root.program("/bin/promtool", packages / "usr/bin/promtool", packages=packages)
    for directory in ("/prometheus", "/etc/prometheus"):
        root.directory(directory, owner=_NOBODY)
    root.file("/etc/prometheus/prometheus.yml", _PROMETHEUS_CONFIGURATION, owner=_NOBODY)
    return root.finish()


def _alertmanager(places: Places) -> bytes:
    packages = unpacked(places, "prometheus-alertmanager")
    root = RootFs()
    root.base({"nobody": _NOBODY})
    root.program("/bin/alertmanager", packages / "usr/bin/prometheus-alertmanager", packages=packages)
    root.program("/bin/amtool", packages / "usr/bin/amtool", packages=packages)
    # Debian's build reads its notification templates from here; upstream's has them inside.
    root.tree(packages / "usr/share/prometheus/alertmanager", "/usr/share/prometheus/alertmanager")
    for directory in ("/alertmanager", "/etc/alertmanager"):
        root.directory(directory, owner=_NOBODY)
    root.file("/etc/alertmanager/alertmanager.yml", _ALERTMANAGER_CONFIGURATION, owner=_NOBODY)
    return root.finish()


_PROMETHEUS_CONFIGURATION = """\
global: {scrape_interval: 15s}
scrape_configs: [{job_name: prometheus, static_configs: [{targets: ["localhost:9090"]}]}]
"""
_ALERTMANAGER_CONFIGURATION = """\
route: {receiver: none}
receivers: [{name: none}]
"""

# Entry points, arguments, users, ports and volumes are upstream's.
STAND_INS = {
    "prom/prometheus": StandIn(
        _prometheus,
        _PROMETHEUS_CONFIGURATION,
        (
            'ENTRYPOINT ["/bin/prometheus"]',
            'CMD ["--config.file=/etc/prometheus/prometheus.yml","--storage.tsdb.path=/prometheus"]',
            "USER nobody", "WORKDIR /prometheus", "EXPOSE 9090", "VOLUME /prometheus", "ENV PATH=/bin",
        ),
    ),
    "prom/alertmanager": StandIn(
        _alertmanager,
        _ALERTMANAGER_CONFIGURATION,
        (
            'ENTRYPOINT ["/bin/alertmanager"]',
            'CMD ["--config.file=/etc/alertmanager/alertmanager.yml","--storage.path=/alertmanager"]',
            "USER nobody", "WORKDIR /alertmanager", "EXPOSE 9093", "VOLUME /alertmanager", "ENV PATH=/bin",
        ),
    ),
    "grafana/grafana": StandIn(grafana_image.build, grafana_image.recipe(), grafana_image.CHANGES),
}  # fmt: skip


def wanted(compose: Path = COMPOSE) -> list[str]:
    """The images that the Compose file names. Raises LabError when there is no such file."""
    try:
        services = yaml.safe_load(compose.read_text())["services"]
    except FileNotFoundError:
        raise LabError(f"{compose} is missing: the lab reads from it which images to provide") from None
    return sorted({service["image"] for service in services.values()})


def provide(places: Places, client: docker.DockerClient, names: Sequence[str]) -> None:
    """Makes sure that the engine has each of these images.

    LAB_IMAGES says which: `upstream` pulls the real ones, `none` leaves them out, otherwise they are stand-ins.
    """
    chosen = os.environ.get("LAB_IMAGES", "stand-in")
    if chosen == "none":
        return
    provide_one = _pull if chosen == "upstream" else _stand_in
    with ThreadPoolExecutor(max_workers=3) as pool:
        list(pool.map(lambda name: provide_one(places, client, name), names))


def _pull(_places: Places, client: docker.DockerClient, name: str) -> None:
    try:
        if LABEL in client.images.get(name).labels:
            client.images.remove(name, force=True)
        else:
            return
    except ImageNotFound:
        pass
    say(f"pulling {name}")
    try:
        client.images.pull(name)
    except DockerException as error:
        raise LabError(
            f"{name} cannot be pulled ({error}); without LAB_IMAGES=upstream the lab makes a stand-in"
        ) from error


def _stand_in(places: Places, client: docker.DockerClient, name: str) -> None:
    repository, _, tag = name.removeprefix("docker.io/").partition("@")[0].rpartition(":")
    if repository not in STAND_INS:
        raise LabError(f"the lab has no stand-in for {name}; add one in tests/lab/images.py or set LAB_IMAGES=upstream")
    made = STAND_INS[repository]
    load_image(
        places, client, name=f"{repository}:{tag}", recipe=_sources(made) + made.recipe, changes=made.changes,
        build=lambda target: compress(made.build(places), target),
    )  # fmt: skip


def load_image(
    places: Places,
    client: docker.DockerClient,
    *,
    name: str,
    recipe: str,
    changes: Sequence[str],
    build: Callable[[Path], None],
) -> None:
    """Imports a root file system of the cache as image `name`, unless the engine has it from the same recipe.

    `build(target)` writes the root file system as a zstd-compressed tar when the cache has none for `recipe`.
    """
    digest = hashlib.sha256("\0".join((recipe, *changes)).encode()).hexdigest()
    try:
        if client.images.get(name).labels.get(_RECIPE_LABEL) == digest:
            return
    except ImageNotFound:
        pass
    repository, _, tag = name.rpartition(":")
    archive = root_file_system(places, repository, recipe, build)
    said = (f"ENV PLANTWATCH_LAB_STANDS_FOR={name}", f'LABEL {LABEL}="stand-in"', f'LABEL {_RECIPE_LABEL}="{digest}"')
    with decompressed(archive) as tar:
        client.api.import_image_from_stream(tar, repository=repository, tag=tag, changes=[*changes, *said])


def root_file_system(places: Places, repository: str, recipe: str, build: Callable[[Path], None]) -> Path:
    """The compressed tar that an image is imported from, built if the cache has none for `recipe`."""
    return cached(places, f"image-{repository.replace('/', '-')}", recipe, build, suffix=".tar.zst")


@contextmanager
def decompressed(archive: Path) -> Iterator[IO[bytes]]:
    """The content of a compressed tar as a stream. Raises LabError at the end of a damaged one."""
    with subprocess.Popen(["zstd", "-dc", str(archive)], stdout=subprocess.PIPE) as unpack:
        assert unpack.stdout is not None
        yield unpack.stdout
        # Who reads a tar stops at its end mark; the program fails when nobody takes the bytes behind it.
        while unpack.stdout.read(65536):
            pass
    if unpack.returncode:
        raise LabError(f"{archive} is damaged: delete it and start again")


def compress(tar: bytes, target: Path) -> None:
    """Writes a tar to `target`, compressed for quick reading."""
    subprocess.run(["zstd", "-q", "-3", "-T0", "-o", str(target)], input=tar, check=True)


def _sources(made: StandIn) -> str:
    return inspect.getsource(made.build) + Path(rootfs.__file__).read_text()
