# Every target needs nothing set up before: tools/bootstrap.sh makes the environment and installs system packages on Debian and Ubuntu.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PY := .venv/bin/python
PYTEST := $(PY) -m pytest
DEVICES ?= 3
N ?=
ONLY ?=
export CMD

FLEET := $(PY) -m tests.lab.fleet

.PHONY: help env env-check env-window env-lab lock demo run check test test-unit test-ui test-integration test-full bench bench-enrol pictures lab-up lab-down lab-run fleet fleet-window fleet-down

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

env: ## the Python environment in .venv
	@tools/bootstrap.sh --venv base
env-check:
	@tools/bootstrap.sh --venv base check
env-window:
	@tools/bootstrap.sh --venv base window
env-lab:
	@tools/bootstrap.sh --venv base check window lab

lock: ## write requirements/*.lock anew from pyproject.toml and bench.in (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --group dev pyproject.toml -o requirements/dev.lock --no-header
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes requirements/bench.in -o requirements/bench.lock --no-header

demo: env-lab ## the main job on an embedded lab; HEADLESS=1 without a display, KEEP=1 leaves the lab running
	@PLANTWATCH_LAB_KEEP=$(KEEP) $(PY) -m tests.lab run --devices 3 -- $(PY) -m tests.demo $(if $(HEADLESS),--headless) $(if $(KEEP),--keep)

run: env-window ## the application on the user's own data
	@$(PY) -m app

check: env-check ## linters, types, layers
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	.venv/bin/lint-imports
	shellcheck tools/*.sh resources/remote/*.sh

test-unit: env ## fast tests, no Qt, no network, no Docker
	$(PYTEST) tests/unit -q -n 2 --dist worksteal

test-ui: env-window ## the window, off screen
	$(PYTEST) tests/ui -q

test-integration: env-lab ## real parts: engine, devices, Prometheus, keyring, PostgreSQL
	$(PY) -m tests.lab run -- $(PYTEST) tests/integration -q -m 'not full' -n 3 --dist loadfile --no-loadscope-reorder

test: env-lab check test-unit test-ui test-integration ## everything

test-full: env-lab ## what is too long for every change
	$(PY) -m tests.lab run -- $(PYTEST) tests/integration -q -m 'full and not alone' -n 2 --dist loadfile --no-loadscope-reorder
	$(PY) -m tests.lab run -- $(PYTEST) tests/integration -q -m alone

bench: env-lab ## benchmarks under tests/bench
	$(PY) -m tests.lab run -- $(PY) -m tests.bench

bench-enrol: env-lab ## enrolment beside other tools, JSON lines; N=10,59,200 and ONLY=plantwatch,openssh,… (or memory) narrow it
	@tools/bootstrap.sh --bench
	@$(PY) -m tests.bench.enrol --n "$(N)" --only "$(ONLY)"

pictures: env-window ## the pictures of the documents, taken anew
	QT_QPA_PLATFORM=offscreen $(PY) -m tests.ui.guide

lab-up: env-lab ## DEVICES=n lab devices and an engine; the last line is a JSON document
	@$(PY) -m tests.lab up --devices $(DEVICES)
lab-down: env-lab ## ends the lab: no process, mount, network or container stays
	@$(PY) -m tests.lab down
lab-run: env-lab ## CMD="…" in a D-Bus session with an unlocked throwaway keyring, on the lab's engine
	@$(PY) -m tests.lab run -- $(SHELL) -c "$$CMD"

fleet: env-lab ## N=2292 simulated endpoints on a Prometheus of their own, with a month of history; the last line is a JSON document
	@$(FLEET) up --n $(or $(N),2292)
fleet-window: env-lab ## the application's window on the simulated fleet
	@$(FLEET) window
fleet-down: env-lab ## ends the simulated fleet; the cache of its history stays
	@$(FLEET) down
