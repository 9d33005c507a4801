# make report   the demo firm's audit; the last line printed is the page to open (LANGUAGE=en for English)
# make test     every test          make check   static checks, under a minute
# make lab      JupyterLab          make bench   the measurements of benchmarks/
# make text     notebooks as text/*.py, to edit or review; make notebooks writes the edits back

PYTHON ?= python3
BIN := .venv/bin
MAKEFLAGS += --no-print-directory
# LANGUAGE is also a variable of the system's locale: only the one typed after "make" counts.
language := $(if $(filter command%,$(origin LANGUAGE)),--language $(LANGUAGE))

.PHONY: report test check bench text notebooks lab clean install
.DELETE_ON_ERROR:

report: install
	@$(BIN)/clientaudit run data/demo/engagement.yml $(language)

test: install
	$(BIN)/python -m pytest

check: install
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	@# Without a file nbstripout would wait for standard input.
	$(BIN)/nbstripout --verify --keep-id $(wildcard notebooks/*.ipynb) < /dev/null

# The peers need an older pandas than ours.
bench: install .benchmarks-venv/.installed
	$(BIN)/python -m benchmarks

.benchmarks-venv/.installed: benchmarks/requirements-peers.txt
	$(PYTHON) -m venv .benchmarks-venv
	.benchmarks-venv/bin/python -m pip install --quiet -r $<
	@touch $@

# Of a notebook and its twin jupytext takes the newer: neither command loses an edit.
text: install
	$(BIN)/jupytext --sync notebooks/*.ipynb

notebooks: install
	$(BIN)/jupytext --sync text/*.py
	$(BIN)/nbstripout --keep-id notebooks/*.ipynb

lab: install
	$(BIN)/jupyter lab notebooks

install: .venv/.installed

.venv/.locked: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
		{ echo "Python 3.11, 3.12 or 3.13 is needed: make PYTHON=/path/to/python3.12 ..." >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	@touch $@

.venv/.installed: .venv/.locked pyproject.toml
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

clean:
	rm -rf .venv .benchmarks-venv text .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	rm -rf build lib/clientaudit.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
