# `make run` serves the dashboard, `make test` checks everything. Both need Python 3.11, 3.12 or
# 3.13 and a network connection the first time, and nothing else.

PORT ?= 8501
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check --no-input
# A browser and a benchmark each want the machine for themselves; the other tests run in pairs.
ALONE := tests/browser tests/benchmarks
# What takes minutes: training runs and every shipped network; single tests are marked as slow.
SLOW := tests/training tests/networks tests/test_models.py
# Docstrings whose examples are run.
EXAMPLES := $(addprefix core/evaluation/,metrics.py significance.py calibration.py)
PAIRS := -n 2 --dist loadfile

.PHONY: help run dev quick test lint install install-training install-dev licences audit clean
.DEFAULT_GOAL := help

help:
	@echo "make run               serve the dashboard on http://localhost:$(PORT) (PORT=... for another)"
	@echo "make dev               the same, and pages run again when a source file is saved"
	@echo "make quick             lint, types and the quick tests: before every commit"
	@echo "make test              everything: before a pull request"
	@echo "make install           what the dashboard needs, into $(VENV)"
	@echo "make install-training  what training and export need on top"
	@echo "make install-dev       what testing needs on top of both"
	@echo "make licences     licences of all dependencies into THIRD_PARTY.md; make audit asks for known holes"
	@echo "make clean             remove $(VENV) and caches; data, models and results stay"

run: $(VENV)/.installed
	$(BIN)/python -m streamlit run Home.py --server.port $(PORT)

dev: $(VENV)/.installed-dev
	$(BIN)/python -m streamlit run Home.py --server.port $(PORT) --server.fileWatcherType auto \
	  --server.runOnSave true --server.folderWatchBlacklist $(VENV) --server.folderWatchBlacklist .git

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

quick: lint
	$(BIN)/python -m pytest -q --doctest-modules $(EXAMPLES)
	$(BIN)/python -m pytest -q $(PAIRS) -m "not slow" $(addprefix --ignore=,$(ALONE) $(SLOW)) tests

test: lint
	$(BIN)/python -m pytest $(ALONE)
	$(BIN)/python -m pytest $(PAIRS) $(addprefix --ignore=,$(ALONE)) tests
	$(BIN)/python -m pytest -q --doctest-modules $(EXAMPLES)

install: $(VENV)/.installed

install-training: $(VENV)/.installed-training

install-dev: $(VENV)/.installed-dev

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed: install it or say make PYTHON=/path/to/python3" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || { \
	  echo "Python 3.11, 3.12 or 3.13 is needed, $(PYTHON) is $$("$(PYTHON)" --version). Say make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip' 2>/dev/null || { \
	  echo "$(PYTHON) cannot make virtual environments. On Debian: apt-get install python3-venv" >&2; exit 1; }
	"$(PYTHON)" -m venv $(VENV)

# The stamps make the second run instant and bring a changed requirement in.
$(VENV)/.installed: requirements-app.txt | $(BIN)/python
	$(PIP) -r requirements-app.txt
	@touch $@

$(VENV)/.installed-training: requirements.txt $(VENV)/.installed | $(BIN)/python
	$(PIP) -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed-training | $(BIN)/python
	$(PIP) -r requirements-dev.txt
	@touch $@

# Both need what testing needs; the second asks the advisories of PyPI.
licences: $(VENV)/.installed-dev
	$(BIN)/pip-licenses --format=markdown --order=name --with-urls --output-file THIRD_PARTY.md

audit: $(VENV)/.installed-dev
	$(BIN)/pip-audit -r requirements.txt

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis build *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
