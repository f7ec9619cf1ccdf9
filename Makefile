# Bistand: the two commands are `make run` and `make test`. Both do their own set-up.
# A second time they start within seconds: what is installed already is left alone.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCK := requirements-dev.txt
# Programs that share the tests: one more than there are processors, since tests wait for much.
TESTERS ?= $(shell n=$$(nproc 2>/dev/null || echo 2); echo $$(( n < 4 ? n + 1 : 4 )))

.PHONY: help setup setup-system setup-test run test lint bench catalogues lock clean

help: ## what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup-system:
	@installers/linux/packages run

setup-test:
	@installers/linux/packages test

setup: setup-system $(VENV)/.ready ## make .venv with the pinned packages (after the Debian packages it needs)

$(VENV)/.ready: $(LOCK) pyproject.toml
	@echo "Setting up $(VENV): the Python packages pinned in $(LOCK)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Bistand needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V). Name one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(LOCK)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

run: setup ## the main job on this machine: a customer gets help
	@$(BIN)/bistand demo

lint: setup ## style, types (the program on three systems, its tests on this one), import directions
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/mypy --platform win32 -p app
	@$(BIN)/mypy --platform darwin -p app
	@PYTHONPATH=. $(BIN)/lint-imports --no-cache

test: setup setup-test lint ## everything that must hold
	@$(BIN)/python -m pytest -n $(TESTERS) --dist worksteal

bench: setup setup-test ## measure against peers; writes build/bench.json, docs/benchmarks.md and its record
	@$(BIN)/python -m tests.bench

catalogues: setup ## compile the translations, after a change to a .po file
	@for folder in resources/locale/*; do $(BIN)/pybabel -q compile -D report -d resources/locale -l $$(basename $$folder); done

lock: ## pin the packages anew (needs uv)
	@uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate pyproject.toml -o requirements.txt
	@uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra dev pyproject.toml -o requirements-dev.txt

clean: ## remove what was made here
	@rm -rf $(VENV) build demo-output .mypy_cache .ruff_cache .pytest_cache .hypothesis
