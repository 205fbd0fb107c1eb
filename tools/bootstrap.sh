#!/bin/sh
# Makes the Python environment in .venv and, on Debian and Ubuntu, installs the system packages of the named lists.
#
#   tools/bootstrap.sh [--venv] [--bench] LIST...      LIST names tools/packages/LIST.txt
#
# --bench makes .venv-bench, with the tools that enrolment is measured beside.
#
# Runs again in well under a second when nothing is missing. Installs as root or through sudo; on other systems it names what is
# missing and stops, because guessing another distribution's package names would do more harm than a clear list.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
venv=$root/.venv
lock=$root/requirements/dev.lock

say() { printf '%s\n' "bootstrap: $*" >&2; }
die() { say "$*"; exit 1; }

wanted_packages() {
    for list in "$@"; do
        sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$root/tools/packages/$list.txt"
    done | sort -u
}

missing_packages() {
    for package in $(wanted_packages "$@"); do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' || printf '%s\n' "$package"
    done
}

install_packages() {
    command -v dpkg-query >/dev/null 2>&1 ||
        die "this system has no dpkg; install the equivalents of: $(wanted_packages "$@" | tr '\n' ' ')"
    missing=$(missing_packages "$@")
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" -eq 0 ]; then as_root=; else
        command -v sudo >/dev/null 2>&1 || die "run as root, or install: $(printf '%s' "$missing" | tr '\n' ' ')"
        as_root=sudo
    fi
    say "installing: $(printf '%s' "$missing" | tr '\n' ' ')"
    # Two runs on one machine take turns: apt waits for the lock instead of failing.
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=600 update >/dev/null
    # shellcheck disable=SC2086 # one word a package is what is wanted
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=600 \
        install --no-install-recommends $missing >/dev/null </dev/null
}

python_for_venv() {
    for candidate in "${PYTHON:-}" python3 python3.13 python3.12 python3.11 /usr/bin/python3; do
        [ -n "$candidate" ] || continue
        if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            printf '%s\n' "$candidate"
            return 0
        fi
    done
    die "no Python 3.11 or newer with venv found; name one with PYTHON=/path/to/python3"
}

make_venv() {
    stamp=$venv/.plantwatch-lock
    wanted=$(cat "$lock" "$root/pyproject.toml" | sha256sum | cut -d' ' -f1)
    if [ -x "$venv/bin/python" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then return 0; fi
    python=$(python_for_venv)
    say "making .venv with $($python --version)"
    [ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e "$root"
    printf '%s' "$wanted" >"$stamp"
}

make_bench() {
    wanted=$(sha256sum <"$root/requirements/bench.lock" | cut -d' ' -f1)
    stamp=$root/.venv-bench/.plantwatch-lock
    if [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then return 0; fi
    python=$(python_for_venv)
    say "making .venv-bench with $($python --version)"
    "$python" -m venv --clear "$root/.venv-bench"
    "$root/.venv-bench/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$root/requirements/bench.lock"
    printf '%s' "$wanted" >"$stamp"
}

with_venv=no
with_bench=no
if [ "${1:-}" = --venv ]; then with_venv=yes; shift; fi
if [ "${1:-}" = --bench ]; then with_bench=yes; shift; fi
install_packages "$@"
if [ "$with_venv" = yes ]; then make_venv; fi
if [ "$with_bench" = yes ]; then make_bench; fi
