"""Results: one JSON line each, and what they say beside each other."""

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass

#: (the way, what it is compared with) → at N of at least this, so many times the wall time and the client's CPU of Plantwatch.
_TARGETS = {
    "openssh": (10, 1.1, None),
    "scp": (10, 4.0, None),
    "ansible": (59, 30.0, 50.0),
    "pyinfra": (10, 4.0, None),
    "asyncssh": (10, 2.2, None),
    "ansible-recheck": (59, 50.0, None),
}
_RECHECK = "plantwatch-recheck"
_PIPELINE_MS = 60.0
_PEAK_MB = 200.0


@dataclass(frozen=True)
class Cost:
    """Of one run: wall and CPU seconds of the client with all that it starts, and the memory of its largest process in MiB."""

    wall_s: float
    client_cpu_s: float
    peak_mb: float


@dataclass(frozen=True)
class Result:
    """Medians of `runs` runs of one tool on `n` devices, with the least and the most."""

    tool: str
    n: int
    wall_s: float
    client_cpu_s: float
    runs: int
    wall_min_s: float
    wall_max_s: float
    client_cpu_min_s: float
    client_cpu_max_s: float
    peak_mb: float

    @classmethod
    def of(cls, tool: str, count: int, costs: Sequence[Cost]) -> "Result":
        walls = [round(cost.wall_s, 3) for cost in costs]
        cpus = [round(cost.client_cpu_s, 3) for cost in costs]
        return cls(
            tool=tool,
            n=count,
            wall_s=round(statistics.median(walls), 3),
            client_cpu_s=round(statistics.median(cpus), 3),
            runs=len(costs),
            wall_min_s=min(walls),
            wall_max_s=max(walls),
            client_cpu_min_s=min(cpus),
            client_cpu_max_s=max(cpus),
            peak_mb=round(max(cost.peak_mb for cost in costs), 1),
        )

    @property
    def plain(self) -> dict[str, object]:
        return asdict(self)


def rows(results: Sequence[Result]) -> list[tuple[str, ...]]:
    """A header and a row a result: figures, ratios to Plantwatch's, and whether the target is met."""
    found = {(result.tool, result.n): result for result in results}
    table: list[tuple[str, ...]] = [
        ("N", "tool", "wall s", "CPU s", "CPU ms a device", "runs", "× wall", "× CPU", "target")
    ]
    for result in sorted(results, key=lambda each: each.n):
        own = found.get((_RECHECK if result.tool.endswith("-recheck") else "plantwatch", result.n))
        is_ratio = own is not None and own is not result and result.tool != "plantwatch-memory"
        wall = result.wall_s / own.wall_s if is_ratio and own else None
        cpu = result.client_cpu_s / own.client_cpu_s if is_ratio and own else None
        table.append(
            (
                str(result.n),
                result.tool,
                f"{result.wall_s:.2f} ({result.wall_min_s:.2f}–{result.wall_max_s:.2f})",
                f"{result.client_cpu_s:.2f} ({result.client_cpu_min_s:.2f}–{result.client_cpu_max_s:.2f})",
                f"{result.client_cpu_s / result.n * 1000:.0f}",
                str(result.runs),
                "" if wall is None else f"{wall:.1f}",
                "" if cpu is None else f"{cpu:.1f}",
                _target(result, wall, cpu),
            )
        )
    return table


def _target(result: Result, wall: float | None, cpu: float | None) -> str:
    if result.tool == "plantwatch-pipeline" and result.n >= 200:
        spent = result.client_cpu_s / result.n * 1000
        return f"≤ {_PIPELINE_MS:g} ms a device: {_word(spent <= _PIPELINE_MS)}"
    if result.tool == "plantwatch-memory":
        return f"≤ {_PEAK_MB:g} MB: {result.peak_mb:.0f} MB, {_word(result.peak_mb <= _PEAK_MB)}"
    at_least, wall_ratio, cpu_ratio = _TARGETS.get(result.tool, (0, None, None))
    if wall is None or cpu is None or wall_ratio is None or result.n < at_least:
        return ""
    words = [f"wall ≥ {wall_ratio:g}: {_word(wall >= wall_ratio)}"]
    if cpu_ratio is not None:
        words.append(f"CPU ≥ {cpu_ratio:g}: {_word(cpu >= cpu_ratio)}")
    return ", ".join(words)


def _word(is_met: bool) -> str:
    return "met" if is_met else "MISSED"


def as_text(results: Sequence[Result]) -> str:
    """In columns, for a terminal."""
    table = rows(results)
    widths = [max(len(row[at]) for row in table) for at in range(len(table[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table
    )


def as_markdown(results: Sequence[Result]) -> str:
    """For docs/benchmarks.md."""
    head, *body = rows(results)
    lines = [head, tuple("---" for _ in head), *body]
    return "\n".join(f"| {' | '.join(row)} |" for row in lines)
