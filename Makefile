# Everything that a developer types. `make help` says what there is.

BIN := .venv/bin
STAMP := .venv/.stamp
IMAGES := base tester stack-python stack-sql service-postgres
UV := .venv/lock/bin/uv pip compile --quiet --generate-hashes --no-header --no-annotate --python-platform linux

.DEFAULT_GOAL := help
.PHONY: help setup engine images all-images browser demo check lint test bench lock clean

help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP) ## Make .venv with everything a developer needs

$(STAMP): requirements-dev.lock pyproject.toml sandbox/setup/venv.sh
	@sh sandbox/setup/venv.sh
	@touch $@

engine: setup ## Make a Docker Engine available: use one that answers, else install and start it (root)
	@sh sandbox/setup/engine.sh

images: engine ## Build the images that are missing; those of other languages are built when they are needed
	@$(BIN)/grader images build $(IMAGES)

browser: setup ## Make Chromium available, in which the tests look at pages (root, where it is missing)
	@sh sandbox/setup/browser.sh

demo: images ## Grade six submissions, of an API, a schema and a security fix, and show the reports
	@sh sandbox/setup/demo.sh

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

check: lint ## Check format, lint, types, and run the unit tests: what to do before a commit
	$(BIN)/pytest -q tests/unit

test: engine ## Check everything, build what is missing, and run all tests, those with Docker included
	@$(MAKE) --no-print-directory -j3 lint all-images browser
	$(BIN)/pytest -q -n 2 --dist loadfile --no-loadscope-reorder --durations=15 -m "not alone"
	$(BIN)/pytest -q --durations=5 -m alone

all-images: engine
	@$(BIN)/grader images build

bench: images ## Measure the time to a verdict beside the bare Docker calls and beside compose
	$(BIN)/python -m benchmarks

lock: setup ## Renew the pinned versions of everything
	@$(BIN)/python -m venv .venv/lock && .venv/lock/bin/pip install --quiet uv
	$(UV) --python-version 3.11 --extra dev pyproject.toml --upgrade -o requirements-dev.lock
	for folder in $(patsubst %/requirements.in,%,$(wildcard sandbox/*/requirements.in sandbox/*/*/requirements.in)); do \
		$(UV) --python-version 3.13 $$folder/requirements.in --upgrade -o $$folder/requirements.lock || exit 1; \
	done

clean: ## Remove .venv and what tools have cached; images stay
	rm -rf .venv dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
