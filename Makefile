# Everything runs in .venv, which the first target makes from uv.lock. Python 3.11 or newer is all it takes.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
UV_VERSION := 0.13.9

.PHONY: demo test validate check bench soak transcript clean

demo: $(READY)            ## read a simulated tenant over a real socket and report on it
	@$(BIN)/lookback demo

test: $(READY)            ## run the tests
	@$(BIN)/pytest -q -n auto

validate: $(READY)        ## run the official or best validator of every report format; needs Node and Chromium too
	@$(BIN)/python tests/validators/prepare.py
	@$(BIN)/pytest -q -n 2 --dist worksteal tests/validators

check: $(READY)           ## format, lint, types, layers, docstrings, README transcript
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/ty check --quiet compliance/sources/graph_urls.py
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/interrogate --quiet compliance checks reports
	@$(BIN)/python docs/transcript.py --check

bench: $(READY)           ## mailboxes per second and peak memory at 1,000, 10,000 and 100,000 mailboxes
	@$(BIN)/python benchmarks/bench.py

soak: $(READY)            ## kill a collection at fifty random moments, resume it, compare
	@LOOKBACK_KILLS=50 $(BIN)/pytest -q -rP -n 0 tests/e2e/test_resume.py -k killed_at_any_moment --timeout 1800

transcript: $(READY)      ## write the transcript in README.md anew
	@$(BIN)/python docs/transcript.py

$(READY): pyproject.toml uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "lookback needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv==$(UV_VERSION)"
	@UV_PROJECT_ENVIRONMENT=$(VENV) $(BIN)/uv sync --quiet --frozen --all-extras
	@touch $(READY)

clean:                    ## remove the environments and what the demo wrote
	rm -rf $(VENV) .validate tests/validators/node_modules lookback-demo
