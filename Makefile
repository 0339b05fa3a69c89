# Needs make and Python >= 3.11; everything else is installed into .venv, once.
#   make demo PYTHON=python3.12      to choose the interpreter
#   make test ARGS='-m "not slow"'   to pass options to pytest

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
INSTALLED := $(VENV)/.installed
BENCHMARKS := $(sort $(wildcard benchmarks/*.py))

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test check format-check lint types bench dev clean

help:
	@echo "make demo    solve the Burgers equation, check it, and print the report"
	@echo "make test    run the tests"
	@echo "make check   formatting, lint and types"
	@echo "make bench   run every script in benchmarks/"
	@echo "make clean   remove caches and build output; .venv and runs stay"

# A run is never overwritten: runs/demo, then runs/demo-2, runs/demo-3, ...
demo: $(INSTALLED)
	@run=runs/demo; n=1; \
	while [ -e "$$run" ]; do n=$$((n + 1)); run=runs/demo-$$n; done; \
	echo "lawful solve burgers --out $$run"; \
	$(BIN)/lawful solve burgers --out "$$run"

test: $(INSTALLED)-test
	$(BIN)/python -m pytest $(ARGS)

check: format-check lint types

format-check: $(INSTALLED)-dev
	$(BIN)/ruff format --check .

lint: $(INSTALLED)-dev
	$(BIN)/ruff check .

types: $(INSTALLED)-dev
	$(BIN)/basedpyright

bench: $(INSTALLED)
	@test -n "$(BENCHMARKS)" || { echo "benchmarks/ holds no script yet."; exit 1; }
	@set -e; for script in $(BENCHMARKS); do echo "== $$script"; $(BIN)/python "$$script"; done

dev: $(INSTALLED)-dev

clean:
	rm -rf build dist .pytest_cache .ruff_cache src/*.egg-info
	find . \( -name .venv -o -name .git -o -name runs \) -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps: installing again only where pyproject.toml or the interpreter is newer.
$(INSTALLED): pyproject.toml $(BIN)/python
	@echo "Installing lawful into $(VENV) (once; a minute or two) ..."
	@$(PIP) install --editable .
	@touch $@

$(INSTALLED)-test: pyproject.toml $(BIN)/python
	@echo "Installing lawful and its test tools into $(VENV) (once; a minute or two) ..."
	@$(PIP) install --editable '.[test]'
	@touch $(INSTALLED) $@

$(INSTALLED)-dev: pyproject.toml $(BIN)/python
	@echo "Installing lawful and its development tools into $(VENV) (once; a minute or two) ..."
	@$(PIP) install --editable '.[dev]'
	@touch $(INSTALLED) $(INSTALLED)-test $@

$(BIN)/python:
	@command -v "$(PYTHON)" >/dev/null 2>&1 || { \
	  echo "lawful needs Python 3.11 or newer, and $(PYTHON) was not found;" \
	       "install it, or name one: make PYTHON=/path/to/python3.11"; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "lawful needs Python 3.11 or newer, and $(PYTHON) is `"$(PYTHON)" -V 2>&1`;" \
	       "name a newer one: make PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Creating $(VENV) with `"$(PYTHON)" -V 2>&1` ..."
	@"$(PYTHON)" -m venv $(VENV) || { rm -f $@; \
	  echo "$(PYTHON) could not create $(VENV); on Debian and Ubuntu its venv module is a package" \
	       "of its own (python3-venv)."; exit 1; }
