# `make run` serves the dashboard, `make test` checks everything. Both need Python 3.11 and a
# network connection the first time, and nothing else.

PORT ?= 8501
PYTHON ?= $(shell command -v python3.11 || command -v python3)

VENV := .venv
BIN := $(VENV)/bin
# A browser and a benchmark each want the machine for themselves; the other tests run in pairs.
ALONE := tests/browser tests/bench
PIP := $(BIN)/python -m pip install --disable-pip-version-check --no-input

.PHONY: help run dev test install install-dev clean
.DEFAULT_GOAL := help

help:
	@echo "make run          serve the dashboard on http://localhost:$(PORT) (PORT=... for another)"
	@echo "make dev          the same, and pages run again when a source file is saved"
	@echo "make test         lint, types and tests"
	@echo "make install      what running and training need, into $(VENV)"
	@echo "make install-dev  what testing needs on top"
	@echo "make clean        remove $(VENV) and caches; data, models and results stay"

run: $(VENV)/.installed
	$(BIN)/python -m streamlit run Home.py --server.port $(PORT)

dev: $(VENV)/.installed-dev
	$(BIN)/python -m streamlit run Home.py --server.port $(PORT) --server.fileWatcherType auto \
	  --server.runOnSave true --server.folderWatchBlacklist $(VENV) --server.folderWatchBlacklist .git

test: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest $(ALONE)
	$(BIN)/python -m pytest -n 2 --dist loadfile $(addprefix --ignore=,$(ALONE)) tests

install: $(VENV)/.installed

install-dev: $(VENV)/.installed-dev

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 is needed: install it or say make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { \
	  echo "Python 3.11 is needed, $(PYTHON) is $$("$(PYTHON)" --version). Say make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip' 2>/dev/null || { \
	  echo "$(PYTHON) cannot make virtual environments. On Debian: apt-get install python3-venv" >&2; exit 1; }
	"$(PYTHON)" -m venv $(VENV)

# The stamps make the second run instant and bring a changed requirement in.
$(VENV)/.installed: requirements.txt requirements-app.txt | $(BIN)/python
	$(PIP) -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed | $(BIN)/python
	$(PIP) -r requirements-dev.txt
	@touch $@

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
