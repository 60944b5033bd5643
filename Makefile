# Footlight. `make` lists the targets; what takes more than three lines is a module in local/.

PYTHON ?= python3
IN_VENV := .venv/bin
export PATH := $(CURDIR)/.local/bin:$(CURDIR)/$(IN_VENV):$(PATH)
HAVE := @$(PYTHON) -m local.tools

# `make demo LIVE=0` leaves the encoder out.
export LIVE ?= 1

.DEFAULT_GOAL := help
.PHONY: help demo down token tools test test-unit test-stack test-browser check fix api lock synth deploy bench soak attack

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | while IFS="$$(printf '\t')" read -r name what; do printf '  make %-13s %s\n' "$$name" "$$what"; done

demo: ## bring up the whole product with a live channel, until Ctrl-C (LIVE=0: without the encoder)
	$(HAVE) base web stack
	@$(IN_VENV)/python -m local.demo

down: ## end the demo from another shell
	$(HAVE)
	@$(IN_VENV)/python -m local.demo down

token: ## print a demo person's access token: make -s token USER=ann
	@$(IN_VENV)/python -m local.people '$(USER)'

tools: ## install the locked tools that everything else runs on
	$(HAVE) base

test: test-unit ## prove everything: unit tests, then the running stack, then a real browser
	$(HAVE) base web stack browser
	@LIVE=0 $(IN_VENV)/pytest -q tests/local tests/stack
	@LIVE=0 $(IN_VENV)/pytest -q tests/browser

test-unit: ## unit tests of Python and TypeScript, template tests; no server
	$(HAVE) base web
	@cd web && npm run --silent test
	@$(IN_VENV)/pytest -q tests/footlight tests/functions tests/infra tests/contract tests/tools

test-stack: ## tests against real servers: the ingest stand-in, and the local stack (one that is up, or their own)
	$(HAVE) base web stack
	@LIVE=0 $(IN_VENV)/pytest -q tests/local tests/stack

test-browser: ## tests in Chromium against the local stack (one that is up, or their own)
	$(HAVE) base web stack browser
	@LIVE=0 $(IN_VENV)/pytest -q tests/browser

soak: ## the long proofs, half an hour: 100,000 histories, 500 transitions without webhooks, ten minutes without the API
	$(HAVE) base web stack browser
	@FOOTLIGHT_HISTORIES=100000 FOOTLIGHT_TRANSITIONS=500 $(IN_VENV)/pytest -q tests/footlight/live tests/footlight/reconcile
	@LIVE=0 FOOTLIGHT_OUTAGE_SECONDS=600 $(IN_VENV)/pytest -q tests/browser/test_outage.py

attack: ## the running stack attacked: forged and fuzzed webhooks, a viewer's token, tokens of the blocked, 20 resets and 1,000 times 20 posts at once
	$(HAVE) base stack
	@FOOTLIGHT_FUZZ=10000 $(IN_VENV)/pytest -q tests/functions/webhook
	@LIVE=0 FOOTLIGHT_ROUNDS=1000 $(IN_VENV)/pytest -q tests/stack/test_webhooks.py tests/stack/test_grants.py tests/stack/test_blocks.py tests/stack/test_resets.py tests/stack/test_slow_mode.py tests/stack/test_secrets_stay.py

check: ## check formatting, lint, types, layers, lock files, and language
	$(HAVE) base web
	@$(IN_VENV)/ruff format --check .
	@$(IN_VENV)/ruff check .
	@$(IN_VENV)/basedpyright
	@$(IN_VENV)/lint-imports
	@$(IN_VENV)/python -m local.locks --check
	@$(IN_VENV)/python -m tools.prose
	@cd web && npm run --silent check

fix: ## let the formatters and linters repair what they can
	$(HAVE) base web
	@$(IN_VENV)/ruff check --fix .
	@$(IN_VENV)/ruff format .
	@cd web && npm run --silent fix

api: ## write openapi.json from the code, and the site's types from it
	$(HAVE) base web
	@$(IN_VENV)/python -m tools.openapi
	@cd web && npm run --silent api

lock: ## pin pyproject.toml's dependencies in requirements/, with hashes
	$(HAVE) base
	@$(IN_VENV)/python -m local.locks

synth: ## the production template, as `cdk deploy` would send it
	$(HAVE) base web
	@cdk synth --quiet

deploy: ## deploy to the AWS account of your credentials
	$(HAVE) base web
	@cdk deploy

bench: ## measure what it costs, beside other shapes: a table, and .local/bench.json
	$(HAVE) base web stack browser bench
	@$(IN_VENV)/python -m bench
