# Everything a person types. `make help` lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

STACK   ?= dev
CONTEXT ?=
OUT     ?= manifests
PYTHON  ?= python3

VENV  := .venv
READY := $(VENV)/.ready
RUN   := $(VENV)/bin/python -m
ENVIRONMENT = $(RUN) operations.environment
WITH_CONTEXT = $(if $(CONTEXT),--context "$(CONTEXT)")

.PHONY: help up down status ui preview check size test unit e2e lint format golden manifests bench lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## /{printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "  STACK=dev|staging|prod   CONTEXT=NAME of a cluster of your own (default: the embedded one)"

up: $(READY) ## bring a stack up (programs, cluster, pulumi up), send a trace and show it
	@$(ENVIRONMENT) up --stack "$(STACK)" $(WITH_CONTEXT)

down: $(READY) ## remove the stack, and the embedded cluster with all it left
	@$(ENVIRONMENT) down --stack "$(STACK)" $(WITH_CONTEXT)

status: $(READY) ## tell what runs
	@$(ENVIRONMENT) status --stack "$(STACK)" $(WITH_CONTEXT)

preview: $(READY) ## show what `make up` would change, and change nothing
	@$(ENVIRONMENT) preview --stack "$(STACK)" $(WITH_CONTEXT)

ui: $(READY) ## open Jaeger's UI for a browser without a certificate (Ctrl-C ends it)
	@$(VENV)/bin/tracectl --stack "$(STACK)" $(WITH_CONTEXT) ui

check: $(READY) ## check the settings of a stack, without any cluster
	@$(RUN) settings check --stack "$(STACK)"

size: $(READY) ## print the sizing of a stack with its arithmetic
	@$(RUN) sizing --stack "$(STACK)"

test: $(READY) ## every test that needs no cluster: unit, contract, golden, real tools
	@$(RUN) pytest tests --ignore tests/e2e

unit: $(READY) ## only the tests that need no real program (seconds)
	@$(RUN) pytest tests --ignore tests/e2e -m "not tools"

e2e: $(READY) ## the real engine on a real cluster of its own (root, Go)
	@$(RUN) pytest tests/e2e

lint: $(READY) ## ruff and mypy, both strict
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .
	@$(RUN) mypy

format: $(READY) ## format the code
	@$(RUN) ruff format .
	@$(RUN) ruff check --fix .

golden: $(READY) ## write the golden files anew; review the difference
	@$(RUN) tests.golden_update

manifests: $(READY) ## write every Kubernetes manifest of every stack to OUT=dir (secrets as placeholders)
	@$(RUN) operations.manifests "$(OUT)"

bench: $(READY) ## measure (docs/benchmarks.md); COLD=1 also builds everything anew in an empty cache
	@$(RUN) benchmarks $(if $(COLD),--cold)

lock: ## resolve requirements/*.in anew (needs uv)
	@for name in dev runtime scan; do \
	  uv pip compile --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
	    --upgrade -q -o "requirements/$$name.txt" "requirements/$$name.in"; done

clean: ## remove the virtual environment; `make down` first
	@rm -rf $(VENV)

$(READY): requirements/dev.txt pyproject.toml
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed, $(PYTHON) is $$("$(PYTHON)" -V 2>&1); say make PYTHON=/path/to/python3.11"; exit 1; }
	@"$(PYTHON)" -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "$(PYTHON) cannot make virtual environments; on Debian: apt-get install python3-venv"; exit 1; }
	@echo "virtual environment: installing locked requirements (under a minute)"
	@"$(PYTHON)" -m venv $(VENV)
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
