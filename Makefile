# Two commands do everything, set-up included: `make demo` and `make test`.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check
BENCH  ?= all

.PHONY: demo test bench lint format clean help

help:
	@echo "make demo   run the built-in baselines on the suites of this repository, offline"
	@echo "make test   ruff, mypy --strict, pytest"
	@echo "make bench  all benchmarks, or one: make bench BENCH=prompts"

demo: $(VENV)/.installed
	$(BIN)/seahelm-lite demo

test: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict seahelm_lite
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadgroup

bench: $(VENV)/.installed-dev
	$(BIN)/python -m tests.benchmarks $(BENCH)

format: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) dist build demo-out

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; name one with make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	$(PIP) --editable .
	@touch $@

# The CPU build of torch comes first: a plain `torch` would pull gigabytes of GPU libraries.
$(VENV)/.installed-dev: pyproject.toml | $(VENV)/bin/python
	$(PIP) torch==2.13.0
	$(PIP) --editable '.[hf,dev]'
	@touch $@ $(VENV)/.installed
