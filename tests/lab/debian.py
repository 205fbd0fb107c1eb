"""Debian's packages as a source of real programs, without installing them: installed, some would start services."""

import hashlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.lab.errors import LabError
from tests.lab.places import Places
from tests.lab.system import locked, run, say

SUITE = "bookworm"
# Clones with other recipes share the cache: what none has used for so long (in seconds) goes when its successor is built.
_FORGET_AFTER = 14 * 24 * 3600


def mirror() -> str:
    """The archive to take the devices' packages from: PLANTWATCH_DEBIAN_MIRROR, else the one that this machine's apt uses."""
    if chosen := os.environ.get("PLANTWATCH_DEBIAN_MIRROR"):
        return chosen
    # Without its lists, apt knows the address but not whose it is.
    found = _site_of_suite()
    if not found:
        _update_lists()
        found = _site_of_suite()
    if found:
        return found
    raise LabError(f"apt here knows no Debian {SUITE}; name an archive of it with PLANTWATCH_DEBIAN_MIRROR")


def _site_of_suite() -> str:
    sites = run(["apt-get", "indextargets", "--format", "$(ORIGIN) $(CODENAME) $(SITE)", "Created-By: Packages"])
    for line in sites.splitlines():
        words = line.split()
        if words[:2] == ["Debian", SUITE] and len(words) == 3:
            return words[2]
    return ""


def _update_lists() -> None:
    run(["apt-get", "-q", "-o", "DPkg::Lock::Timeout=600", "update"])


def cached(places: Places, stem: str, recipe: str, build: Callable[[Path], None], *, suffix: str = "") -> Path:
    """A file or directory `stem-…suffix` of the cache, built by `build(target)` unless this recipe has been built before.

    Safe when several processes ask at once: one builds under a lock and renames, the others wait.
    """
    digest = hashlib.sha256(recipe.encode()).hexdigest()[:12]
    target = places.cache / f"{stem}-{digest}{suffix}"
    if target.exists():
        os.utime(target)  # says that it is in use
        return target
    with locked(places.cache / f"{stem}.lock"):
        if target.exists():
            return target
        say(f"building {target.name} (once; kept in {places.cache})")
        with tempfile.TemporaryDirectory(dir=places.cache, prefix=f".{stem}-") as scratch:
            made = Path(scratch) / "made"
            build(made)
            made.rename(target)
            os.utime(target)  # an unpacked package carries the date of its making, which may be long ago
            forget_unused(places.cache, f"{stem}-{'?' * len(digest)}{suffix}")
    return target


def forget_unused(cache: Path, pattern: str) -> None:
    """Deletes what of the cache has a name like `pattern` and was not in use for two weeks."""
    for entry in cache.glob(pattern):
        if time.time() - entry.stat().st_mtime > _FORGET_AFTER:
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


def unpacked(places: Places, *packages: str) -> Path:
    """A directory holding the files of these packages, as `dpkg -x` lays them out."""

    def build(target: Path) -> None:
        downloads = target.with_name("debs")
        downloads.mkdir(mode=0o755)
        download = ["apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", *packages]
        try:
            run(download, cwd=downloads)
        except LabError:  # the lists are missing, or older than the archive
            _update_lists()
            run(download, cwd=downloads)
        for package in downloads.glob("*.deb"):
            run(["dpkg", "-x", str(package), str(target)])

    return cached(places, f"packages-{packages[0]}", " ".join(packages), build)


def shared_libraries(program: Path, root: Path) -> list[Path]:
    """The libraries that `program` loads: from the packages unpacked in `root`, else from this machine."""
    search = ":".join(str(p) for p in (*root.glob("usr/lib/*-linux-gnu*"), *root.glob("lib/*-linux-gnu*")))
    listing = run(["env", f"LD_LIBRARY_PATH={search}", "ldd", str(program)])
    return [Path(found) for found in re.findall(r"(/\S+\.so\S*)", listing)]
