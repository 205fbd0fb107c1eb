"""What is on a device at one moment, comparable with what is on it at another."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Self

# Logs, temporary and volatile places are nobody's leftovers.
_SKIPPED = ("/proc", "/sys", "/dev", "/run", "/tmp", "/var/tmp", "/var/log")

SNAPSHOT_SCRIPT = rf"""
set -eu
skip() {{ find / \( {" -o ".join(f"-path {path}" for path in _SKIPPED)} \) -prune -o "$@"; }}
echo '== files'
skip -printf '%p\t%y %m %U:%G %s %l\n'
echo '== sums'
# Only what has changed since the container was made: the rest is as in the image, whose sums are known.
skip -type f -cnewer /.dockerenv -print0 | xargs -0 --no-run-if-empty sha256sum
echo '== users'
cat /etc/passwd
echo '== groups'
cat /etc/group
echo '== units'
# Enabling a unit is making links; asking systemctl takes most of a second.
find /etc/systemd/system /run/systemd/system -type l -printf '%P\t-> %l\n'
"""


@dataclass(frozen=True)
class Snapshot:
    """Files by path (type, mode, owner, size, link target, SHA-256), accounts, and enabled units by their links."""

    files: dict[str, str]
    users: dict[str, str]
    groups: dict[str, str]
    units: dict[str, str]

    @classmethod
    def parse(cls, text: str, image_sums: Mapping[str, str]) -> Self:
        """Reads what SNAPSHOT_SCRIPT prints; `image_sums` has the SHA-256 of each file of the image by path."""
        parts: dict[str, list[str]] = {}
        for line in text.splitlines():
            if line.startswith("== "):
                lines = parts.setdefault(line[3:], [])
            else:
                lines.append(line)
        changed = {path: digest for digest, path in (line.split("  ", 1) for line in parts["sums"])}
        sums = {**image_sums, **changed}
        files = {}
        for line in parts["files"]:
            path, facts = line.split("\t", 1)
            kind = facts[0]
            # The size of a directory says how many names it has ever held, not what is in it.
            described = " ".join(facts.split(" ")[:3]) if kind == "d" else facts.strip()
            files[path] = f"{described} {sums.get(path, '')}".rstrip()
        return cls(
            files=files,
            users=_by_key(parts["users"], lambda line: line.split(":")[0]),
            groups=_by_key(parts["groups"], lambda line: line.split(":")[0]),
            units=_by_key(parts["units"], lambda line: line.split("\t")[0]),
        )

    def difference(self, later: "Snapshot", *, ignore: tuple[str, ...] = ()) -> list[str]:
        """One readable line for each thing added (+), gone (-) or changed (~) in `later`; empty when they are alike.

        `ignore` holds shell patterns of file paths.
        """
        lines = []
        for subject in ("files", "users", "groups", "units"):
            before, after = getattr(self, subject), getattr(later, subject)
            for key in sorted(before.keys() | after.keys()):
                if before.get(key) == after.get(key) or (
                    subject == "files" and any(fnmatchcase(key, p) for p in ignore)
                ):
                    continue
                name = f"{subject[:-1]} {key}"
                if key not in before:
                    lines.append(f"+ {name}: {after[key]}")
                elif key not in after:
                    lines.append(f"- {name}: {before[key]}")
                else:
                    lines.append(f"~ {name}: {before[key]} -> {after[key]}")
        return lines


def _by_key(lines: list[str], key: Callable[[str], str]) -> dict[str, str]:
    return {key(line): line for line in lines if line.strip()}
