"""A throwaway PostgreSQL server, as Debian packages it: a data directory and a socket in a temporary folder, no port."""

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

_SUPERUSER = "plantwatch"
_SECONDS = 60


class Cluster:
    """A running server. It asks for a password, which is in none of its URLs."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self._folder = folder
        self._programs = programs
        self._databases = 0
        self.password = secrets.token_urlsafe()

    def create(self) -> None:
        self._give_away(self._folder)
        password_file = self._folder / "password"
        password_file.write_text(self.password)
        self._give_away(password_file)
        self._run(
            "initdb", "--pgdata", self._data, "--username", _SUPERUSER, "--pwfile", str(password_file), "--no-sync",
            "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8",
        )  # fmt: skip

    def start(self) -> None:
        """Wait until it answers."""
        options = f"-c listen_addresses='' -c unix_socket_directories='{self._folder}' -c fsync=off"
        log = str(self._folder / "server.log")
        self._run("pg_ctl", "--pgdata", self._data, "--wait", "--log", log, "--options", options, "start")

    def stop(self) -> None:
        """At once, as a server that crashes."""
        self._run("pg_ctl", "--pgdata", self._data, "--wait", "--mode", "immediate", "stop")

    def new_database(self) -> str:
        """The URL, without password, of a new and empty database."""
        self._databases += 1
        name = f"inventory_{self._databases}"
        with psycopg.connect(
            host=str(self._folder), user=_SUPERUSER, password=self.password, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return f"postgresql://{_SUPERUSER}@/{name}?host={self._folder}"

    @property
    def folder(self) -> Path:
        """Everything that the server writes: its tables, its log."""
        return self._folder / "data"

    @property
    def _data(self) -> str:
        return str(self.folder)

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self._programs / program), *arguments],
            cwd=self._folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            timeout=_SECONDS, check=False, **_unprivileged(),
        )  # fmt: skip
        if done.returncode != 0:
            log = self._folder / "server.log"
            raise RuntimeError(f"{program}: {done.stderr}{log.read_text() if log.exists() else ''}")

    def _give_away(self, path: Path) -> None:
        owner = _unprivileged()
        if owner:
            os.chown(path, owner["user"], owner["group"])


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """A new server for the time of the block. Nothing of it stays."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="plantwatch-pg-"))  # short: the path of a socket has 107 characters
    cluster = Cluster(folder, programs)
    try:
        cluster.create()
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder)


def _unprivileged() -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if not found:
        raise RuntimeError("PostgreSQL is not installed; the lab's packages are listed in tools/packages/lab.txt")
    return found[-1]
