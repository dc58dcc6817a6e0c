# Each line is something a person could type. `make help` lists what there is.

PYTHON ?= python3
STACK ?= development
RUN := $(PYTHON) -m tools.stack run
UV := .venv/bin/uv
# One line per package, no download addresses, good for every platform and Python.
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-header --annotation-style line

.DEFAULT_GOAL := help
.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "%-13s%s\n", $$1, $$2}' Makefile

.PHONY: setup
setup: ## install the Python packages into .venv
	@$(PYTHON) -m tools.virtualenv

.PHONY: engine
engine: setup ## find a Pulumi engine, or build one from Go modules
	@$(PYTHON) -m tools.engine >/dev/null

.PHONY: up
up: ## deploy STACK (development), setting up what is missing
	@$(PYTHON) -m tools.stack up $(STACK) $(ARGS)

.PHONY: preview
preview: ## show what `make up` would change
	@$(PYTHON) -m tools.stack preview $(STACK) $(ARGS)

.PHONY: destroy
destroy: ## remove what STACK deployed, and its ledger, which is exported first; asks, unless ARGS=--yes
	@$(PYTHON) -m tools.stack destroy $(STACK) $(ARGS)

.PHONY: pulumi
pulumi: ## run pulumi with ARGS="..."
	@$(RUN) pulumi $(ARGS)

.PHONY: env
env: ## for `eval "$(make -s env)"`: pulumi and python on your own shell's PATH
	@$(PYTHON) -m tools.stack env

.PHONY: render
render: setup ## print the manifests of STACK, without Pulumi
	@.venv/bin/python -m openchoreo render --definitions definitions --environment $(STACK) \
	  --format yaml --output -

TEST := .venv/bin/python -m pytest -n auto --maxprocesses 4 --dist worksteal

.PHONY: test
test: engine ## run unit and engine tests
	$(TEST) -m "not cluster and not long" $(ARGS)

.PHONY: test-long
test-long: engine ## run the tests that take minutes: runs that are killed, long histories
	$(TEST) -m "long and not cluster" $(ARGS)

.PHONY: test-classes
test-classes: engine ## run the engine tests with resources of the SDK instead of bulk requests
	OPENCHOREO_REGISTRATION=classes $(TEST) tests/engine -m "not cluster and not long" $(ARGS)

.PHONY: test-cluster
test-cluster: setup ## run the tests that need a Kubernetes API server; builds and starts one
	@test -n "$$OPENCHOREO_TEST_KUBECONFIG" || $(PYTHON) -m tools.cluster build >/dev/null
	.venv/bin/python -m pytest tests/cluster -m cluster $(ARGS)

.PHONY: cluster
cluster: ## start a Kubernetes API server with a fake node on this machine, and say how to use it
	@$(PYTHON) -m tools.cluster start

.PHONY: check lint format types imports
check: lint format types imports ## lint, format, types and import rules
lint: setup
	.venv/bin/ruff check
format: setup
	.venv/bin/ruff format --check
types: setup
	.venv/bin/pyright
imports: setup
	.venv/bin/lint-imports --no-logo

.PHONY: wheel
wheel: setup ## build the package into dist/
	.venv/bin/python -m build --wheel --no-isolation

.PHONY: schemas
schemas: setup ## write openchoreo/schemas/*.json from the models
	.venv/bin/python -m tools.schemas

.PHONY: bench
bench: engine ## measure against a bare Pulumi program; prints ratios
	@$(RUN) python -m bench $(ARGS)

.PHONY: lock
lock: setup ## compile requirements*.txt from pyproject.toml; UPGRADE=--upgrade for new versions
	$(COMPILE) $(UPGRADE) pyproject.toml --output-file requirements.txt
	$(COMPILE) $(UPGRADE) pyproject.toml --group dev --constraint requirements.txt \
	  --output-file requirements-dev.txt
	$(COMPILE) $(UPGRADE) tools/engine/requirements.in --output-file tools/engine/requirements.txt

.PHONY: clean
clean: ## remove what tools left here; the ledger, the manifests and .venv stay
	rm -rf build dist .hypothesis .import_linter_cache .pytest_cache .ruff_cache
	find bench openchoreo tests tools -name __pycache__ -prune -exec rm -rf {} +
