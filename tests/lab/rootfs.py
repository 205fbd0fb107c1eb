"""A root file system assembled in memory as a tar, for images made without a Dockerfile."""

import io
import tarfile
from pathlib import Path, PurePosixPath

from tests.lab.debian import shared_libraries

_BUSYBOX = Path("/bin/busybox")
_APPLETS = ("cat", "chmod", "chown", "false", "id", "kill", "ls", "mkdir", "mv", "nc", "ps", "rm", "sh", "sleep", "stat", "tar",
            "test", "true", "wget")  # fmt: skip
_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")


class RootFs:
    """Directories, files and links; parents are made as needed, owned by root."""

    def __init__(self) -> None:
        self._buffer = io.BytesIO()
        self._tar = tarfile.TarFile(fileobj=self._buffer, mode="w")
        self._seen: set[PurePosixPath] = {PurePosixPath("/")}

    def directory(self, path: str, *, mode: int = 0o755, owner: int = 0) -> None:
        """Adds a directory unless it is there."""
        target = PurePosixPath(path)
        if target in self._seen:
            return
        self.directory(str(target.parent))
        entry = self._entry(target, tarfile.DIRTYPE, mode, owner)
        self._tar.addfile(entry)

    def file(self, path: str, content: bytes | str | Path, *, mode: int = 0o644, owner: int = 0) -> None:
        """Adds a file with this content, or with that of a file of this machine. The first one at a path wins."""
        target = PurePosixPath(path)
        if target in self._seen:
            return
        data = (
            content.read_bytes()
            if isinstance(content, Path)
            else content.encode()
            if isinstance(content, str)
            else content
        )
        self.directory(str(target.parent))
        entry = self._entry(target, tarfile.REGTYPE, mode, owner)
        entry.size = len(data)
        self._tar.addfile(entry, io.BytesIO(data))

    def link(self, path: str, to: str) -> None:
        """Adds a symbolic link."""
        self.directory(str(PurePosixPath(path).parent))
        entry = self._entry(PurePosixPath(path), tarfile.SYMTYPE, 0o777, 0)
        entry.linkname = to
        self._tar.addfile(entry)

    def tree(self, source: Path, path: str) -> None:
        """Adds every file below `source`; links are followed."""
        for found in sorted(source.rglob("*")):
            if found.is_file():
                self.file(f"{path}/{found.relative_to(source)}", found, mode=found.stat().st_mode & 0o777)

    def program(self, path: str, source: Path, *, packages: Path) -> None:
        """Adds an executable with the shared libraries that it loads."""
        self.file(path, source, mode=0o755)
        for library in shared_libraries(source, packages):
            inside = library.relative_to(packages) if library.is_relative_to(packages) else library
            self.file(f"/{str(inside).lstrip('/')}", library, mode=0o755)

    def base(self, accounts: dict[str, int]) -> None:
        """What every small image has: BusyBox, accounts, name service, certificate authorities, /tmp."""
        for path in ("/proc", "/sys", "/dev"):
            self.directory(path)
        self.directory("/tmp", mode=0o1777)
        accounts = {"root": 0, **accounts}
        self.file("/etc/passwd", "".join(f"{n}:x:{i}:{i}:{n}:/home:/bin/false\n" for n, i in accounts.items()))
        self.file("/etc/group", "".join(f"{n}:x:{i}:\n" for n, i in accounts.items()))
        self.file("/etc/nsswitch.conf", "hosts: files dns\n")
        self.file("/etc/ssl/certs/ca-certificates.crt", _CERTIFICATES)
        self.file("/bin/busybox", _BUSYBOX, mode=0o755)
        for applet in _APPLETS:
            self.link(f"/bin/{applet}", "busybox")

    def finish(self) -> bytes:
        """The tar. Nothing can be added afterwards."""
        self._tar.close()
        return self._buffer.getvalue()

    def _entry(self, path: PurePosixPath, kind: bytes, mode: int, owner: int) -> tarfile.TarInfo:
        entry = tarfile.TarInfo(str(path).lstrip("/"))
        entry.type, entry.mode, entry.uid, entry.gid = kind, mode, owner, owner
        self._seen.add(path)
        return entry
