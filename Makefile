# Everything from a machine that has Python 3.11 (to 3.13), make and git.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ENVIRONMENT := $(VENV)/.complete
PACKAGES := solwright feedback codegen verifier specs toolchain
# Each worker reads all tests: their bytecode is kept, whatever the environment says.
PYTEST := PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n auto --maxprocesses=4 --dist=worksteal --durations=12 --durations-min=10

.PHONY: demo test check format lint types imports corpus attacks setup lock clean
.DEFAULT_GOAL := demo

demo: setup
	$(BIN)/solwright demo

test: setup
	$(PYTEST) -m "not corpus and not attack"

# Types are checked while tools are fetched; the corpus and the attacks are one run, so that no core waits for the end of each.
check: $(ENVIRONMENT)
	$(MAKE) -j2 format lint types imports setup
	$(MAKE) test
	$(PYTEST) -m "corpus or attack"

format: $(ENVIRONMENT)
	$(BIN)/ruff format --check .

lint: $(ENVIRONMENT)
	$(BIN)/ruff check .

types: $(ENVIRONMENT)
	$(BIN)/mypy

imports: $(ENVIRONMENT)
	$(BIN)/lint-imports

corpus: setup
	$(PYTEST) -m corpus

attacks: setup
	$(PYTEST) -m attack

# The Python environment, our bytecode (as an installation has it), then the pinned tools; a second run finds everything in place.
setup: $(ENVIRONMENT)
	@$(BIN)/python -m compileall -q $(PACKAGES)
	$(BIN)/solwright setup

$(ENVIRONMENT): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(not (3, 11) <= v < (3, 14) and "%s is Python %d.%d; set PYTHON to 3.11, 3.12 or 3.13" % (sys.executable, *v))'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# Refresh the locks after pins in pyproject.toml changed: no registry host gets into them. Add UPGRADE=--upgrade to move what is not pinned there.
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --custom-compile-command "make lock" $(UPGRADE) pyproject.toml
lock:
	@test -x $(BIN)/uv || { $(PYTHON) -m venv $(VENV) && $(BIN)/python -m pip install --quiet uv; }
	$(LOCK) --output-file requirements.lock
	$(LOCK) --group dev --extra sign --constraint requirements.lock --output-file requirements-dev.lock

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
