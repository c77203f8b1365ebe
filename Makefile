# Needs Python 3.11 or later with its venv module, and make; everything else goes into .venv.
# Settings are environment variables: PORT, HOST, OPEN=0 (lab, app), SIAP_REQUIRE_BROWSER=1 (test), PIECES (coverage),
# SIZE and SEED (mutants).

VENV   := .venv
BIN    := $(VENV)/bin
LOCKED := $(VENV)/locked
READY  := $(VENV)/ready
STARTS := $(VENV)/starts-at-once

export PIP_DISABLE_PIP_VERSION_CHECK := 1
# A Python of uv's own would be one more download; the one at hand will do.
export UV_PYTHON_DOWNLOADS := never
# Where an image of a container says so, Python compiles every library anew at each start: 2 s of each command and kernel.
unexport PYTHONDONTWRITEBYTECODE

# The first that is new enough. Each is run: a name can exist and still start nothing.
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$p" -c '$(NEW_ENOUGH)' 2>/dev/null && { echo "$$p"; break; }; done)

.PHONY: help lab app test test-slow trials coverage mutants bench docs pictures golden lint lock clean

help:
	@echo "make lab        the planner's notebook in JupyterLab"
	@echo "make app        the same as a page, without code"
	@echo "make test       the everyday tests"
	@echo "make test-slow  the tests that take minutes: statistics, many cases"
	@echo "make trials     faults, soak and load"
	@echo "make coverage   which branches the tests take, piece by piece (PIECES=...)"
	@echo "make mutants    small faults drawn at random, and whether the tests notice (after make coverage; SIZE, SEED)"
	@echo "make bench      how fast, against what"
	@echo "make docs       the documentation, as pages in build/docs"
	@echo "make pictures   the pictures of README and tutorials anew; says what changed"
	@echo "make golden     golden results anew, where the version of the model was raised"
	@echo "make lint       format, lint and types (make test does so too)"
	@echo "make lock       requirements.lock anew, with the newest releases that pyproject.toml allows"
	@echo "make clean      removes .venv and what tools left behind"

lab: $(STARTS)
	@$(BIN)/siap lab

app: $(STARTS)
	@$(BIN)/siap app

test: $(STARTS)
	$(BIN)/python -m pytest

test-slow: $(STARTS)
	$(BIN)/python -m pytest -m slow $(call or_none_yet,slow tests)

trials: $(READY)
	$(BIN)/python -m pytest -m trials -rP $(call or_none_yet,trials)

coverage: $(STARTS)
	$(BIN)/python -m tests.mutation.reached $(PIECES)

mutants: $(STARTS)
	$(BIN)/python -m tests.mutation $(if $(SIZE),--size $(SIZE)) $(if $(SEED),--seed $(SEED))

bench: $(STARTS)
	@if [ -d benchmarks ]; then $(BIN)/python -m benchmarks; else echo "There are no benchmarks yet."; fi

# From the whole checkout: README, CONTRIBUTING and the like are pages of it where they lie. A warning is an error.
docs: $(READY)
	$(BIN)/python -m sphinx -W --keep-going -q -c docs -d build/doctrees -b html . build/docs
	@echo "Open build/docs/index.html"

pictures: $(STARTS)
	@$(BIN)/python -m docs.pictures

golden: $(STARTS)
	@$(BIN)/python -m tests.golden

lint: $(READY)
	$(BIN)/python -m ruff format --check
	$(BIN)/python -m ruff check
	$(BIN)/python -m mypy

# uv writes addresses into its own lock file, so that one stays outside the checkout.
lock: $(READY)
	@dir=$$(mktemp -d) && trap 'rm -rf "$$dir"' EXIT && cp pyproject.toml "$$dir" \
	  && $(BIN)/uv lock -q --python $(BIN)/python --project "$$dir" \
	  && $(BIN)/uv export -q --python $(BIN)/python --project "$$dir" --frozen --all-extras --no-emit-project --no-header \
	    --format requirements-txt -o requirements.lock
	@echo "requirements.lock is new; the next make brings .venv in line with it."

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# pytest ends with 5 when there was nothing to run.
or_none_yet = || { [ $$? -eq 5 ] && echo "There are no $(1) yet."; }

# An environment is exactly what the lock says, or it is made anew; so it is, too, where the checkout was copied or
# moved, because the commands inside name the old place.
ifneq "$(shell cat $(LOCKED) 2>/dev/null)" "$(CURDIR)"
.PHONY: $(LOCKED)
endif

# Sync with uv, itself taken from the lock: seconds. Where uv cannot, pip does the same in minutes.
SYNC := $(BIN)/python -m pip install -q --require-hashes -r $(VENV)/uv.txt \
	&& $(BIN)/uv pip sync -q --python $(BIN)/python --require-hashes requirements.lock

$(LOCKED): requirements.lock
	@"$(PYTHON)" -c '$(NEW_ENOUGH)' 2>/dev/null || { echo "Siap needs Python 3.11 or later and found none;" \
	  "install one, or name it: make PYTHON=/path/to/python3"; exit 1; }
	@echo "Setting up $(VENV) ($$("$(PYTHON)" -V), about $$(grep -c == requirements.lock) packages, about 1.5 GB):" \
	  "under a minute with a good connection, otherwise a few."
	@"$(PYTHON)" -m venv --clear $(VENV)
	@sed -n '/^uv==/,/[^\]$$/p' requirements.lock > $(VENV)/uv.txt
	@{ $(SYNC); } || { echo "uv did not manage it; pip now does the same, more slowly (2 to 3 minutes)."; \
	  $(BIN)/python -m pip install -q --require-hashes -r requirements.lock; }
	@echo "$(CURDIR)" > $@

# The build backend comes from the lock as well, hence no isolation.
$(READY): $(LOCKED) pyproject.toml
	@$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	@touch $@

# The loops are compiled here, so that no first run has to, and again where they or what they are called with changed.
$(STARTS): $(READY) sim/loops.py sim/compiling.py sim/philox.py $(wildcard sim/engine/*.py sim/outcomes/*.py)
	@$(BIN)/python -m sim.compiling
	@touch $@
