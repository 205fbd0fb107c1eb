"""Lists and runs the benchmarks: `python -m tests.bench [--list] [--json FILE] [NAME …]`."""

import argparse
import ast
import importlib
import json
import os
import pkgutil
import platform
import subprocess
import sys
import time
from pathlib import Path

import psutil

import tests.bench
from tests.bench.measure import Measurement

_NOT_BENCHMARKS = frozenset({"__main__", "measure"})


def main() -> int:
    """Runs the named benchmarks, or all. Ends with 1 when a target is missed."""
    arguments = _arguments()
    names = arguments.names or _names()
    if unknown := sorted(set(names) - set(_names())):
        print(f"There is no benchmark {', '.join(unknown)}. There are: {', '.join(_names())}.", file=sys.stderr)
        return 2
    if arguments.list:
        for name in names:
            print(f"{name:24} {_summary(name)}")
        return 0
    print(_machine())
    results: dict[str, list[Measurement]] = {}
    failed: list[str] = []
    for name in names:
        print(f"\n{name}: {_summary(name)}", flush=True)
        begun = time.monotonic()
        if _defines_run(name):
            results[name] = importlib.import_module(f"tests.bench.{name}").run()
            _print(results[name])
        elif subprocess.run([sys.executable, "-m", f"tests.bench.{name}"], check=False).returncode:
            failed.append(name)
        print(f"  ({time.monotonic() - begun:.1f} s, load {os.getloadavg()[0]:.2f})", flush=True)
    if arguments.json:
        arguments.json.write_text(json.dumps({"machine": _machine(), "results": _plain(results)}, indent=2))
    failed += [name for name, measurements in results.items() if not all(found.is_met for found in measurements)]
    return 1 if failed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="the benchmarks to run; default all")
    parser.add_argument("--list", action="store_true", help="say which there are, and run none")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all samples to FILE as well")
    return parser.parse_args()


def _names() -> list[str]:
    found = pkgutil.iter_modules(tests.bench.__path__)
    return sorted(module.name for module in found if not module.ispkg and module.name not in _NOT_BENCHMARKS)


def _tree(name: str) -> ast.Module:
    # Read, not imported: some start a window.
    return ast.parse(Path(__file__).with_name(f"{name}.py").read_text(encoding="utf-8"))


def _summary(name: str) -> str:
    """The first line of the docstring."""
    return (ast.get_docstring(_tree(name)) or "").partition("\n")[0]


def _defines_run(name: str) -> bool:
    return any(isinstance(node, ast.FunctionDef) and node.name == "run" for node in _tree(name).body)


def _machine() -> str:
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, load {os.getloadavg()[0]:.2f}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()


def _print(measurements: list[Measurement]) -> None:
    width = max(len(found.name) for found in measurements)
    for found in measurements:
        first, third = found.spread
        line = f"  {found.name:{width}}  {found.median:9.2f} {found.unit}  (quartiles {first:.2f} to {third:.2f}"
        line += f", least {min(found.samples):.2f}, n={len(found.samples)})"
        if found.target is not None:
            line += f"  target {found.target:g}: {'met' if found.is_met else 'MISSED'}"
        print(line)


def _plain(results: dict[str, list[Measurement]]) -> dict[str, list[dict[str, object]]]:
    return {
        name: [
            {"name": found.name, "unit": found.unit, "samples": found.samples, "target": found.target}
            for found in measurements
        ]
        for name, measurements in results.items()
    }


if __name__ == "__main__":
    sys.exit(main())
