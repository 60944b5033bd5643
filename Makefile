# Footlight. `make` lists the targets. Anything over three lines is a module in local/ or tools/.

PYTHON ?= python3
IN_VENV := .venv/bin
CDK := infra/node_modules/.bin/cdk
export PATH := $(CURDIR)/.local/bin:$(CURDIR)/$(IN_VENV):$(PATH)
HAVE := @$(PYTHON) -m local.tools

# `make demo LIVE=0` starts no encoder.
export LIVE ?= 1

# `make demo LIMITS=off` raises the rate limits, so that tests can use the running stack.
export LIMITS ?= on

# `make demo INGRESS=livekit` runs the real LiveKit Ingress, which needs GStreamer.
export INGRESS ?= stand-in
STACK := stack $(if $(filter livekit,$(INGRESS)),livekit-ingress)

# The shell sets USER too, to the name of the person at the keyboard.
NAMED := $(if $(filter command,$(firstword $(origin USER))),$(USER))

# Without bytecode files, each test worker would compile every module again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo down token tools fetch test test-unit test-faults test-assets test-ingest test-obs test-stack test-browser test-dynamodb check fix api screenshot lock audit synth bootstrap diff doctor deploy destroy livekit-keys cookie-key verify operator invite suspend unsuspend approve notice migrate bench soak attack

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | while IFS="$$(printf '\t')" read -r name what; do printf '  make %-13s %s\n' "$$name" "$$what"; done

demo: ## run the whole product with a live channel, until Ctrl-C (LIVE=0: no encoder; LIMITS=off: high rate limits; INGRESS=livekit: the real ingress)
	$(HAVE) base web $(STACK)
	@$(IN_VENV)/python -m local.demo

down: ## stop the demo from another shell
	$(HAVE)
	@$(IN_VENV)/python -m local.demo down

token: ## print a demo user's access token: make -s token USER=ann
	@$(IN_VENV)/python -m local.people '$(USER)'

tools: ## install the locked tools that the other targets need
	$(HAVE) base

fetch: ## install and build everything that the tests need
	$(HAVE) base web iam openid $(STACK) browser peers

# Slow builds come first, so that no timed test waits for one.
TESTS := fetch test-unit test-faults test-assets test-ingest test-stack test-browser

# On all cores. Tests of the one local stack run one at a time.
IN_PARALLEL := -n logical --maxprocesses 8 --dist worksteal

# On real servers, a stall of the machine fails a test. In CI, such a test runs once more, and the
# summary lists it as RERUN. Tests without servers never run again.
ON_SERVERS := $(if $(CI),--reruns 1 -raR)

UNIT_TESTS := $(addprefix tests/,footlight functions infra contract tools)

test: ## run all tests, and print the minutes of each step
	@$(PYTHON) -m tools.steps $(TESTS)

test-unit: ## run the unit tests of Python and TypeScript; no server needed
	$(HAVE) base web iam
	@cd web && npm run --silent test
	@$(IN_VENV)/pytest -q $(IN_PARALLEL) -m "not faults and not assets" $(UNIT_TESTS)
	@$(IN_VENV)/pytest -q $(IN_PARALLEL) tests/operations  # with an AWS account of its own

test-faults: ## fail every call of every route in every way; no server needed
	$(HAVE) base
	@$(IN_VENV)/pytest -q $(IN_PARALLEL) -m faults tests/contract

test-assets: ## build the zip of every function, and test what it contains
	$(HAVE) base
	@$(IN_VENV)/pytest -q -m assets tests/infra

test-ingest: ## test what encoders can rely on (INGRESS=livekit: of the real ingress)
	$(HAVE) base web $(STACK) browser
	@$(IN_VENV)/pytest -q $(ON_SERVERS) -m "not obs" tests/ingest

test-obs: ## test the stack with a real OBS (INGRESS=livekit: and the real ingress)
	$(HAVE) base web $(STACK) obs
	@LIVE=0 $(IN_VENV)/pytest -q $(ON_SERVERS) -m obs tests/ingest

test-stack: ## test sign-in, the parts of the local stack, then the stack; uses a running one or starts one
	$(HAVE) base web iam openid $(STACK)
	@$(IN_VENV)/pytest -q $(ON_SERVERS) tests/sign_in  # with a certified OpenID provider
	@LIVE=0 $(IN_VENV)/pytest -q $(ON_SERVERS) tests/local tests/stack

test-browser: ## test the site in Chromium; uses a running stack or starts one
	$(HAVE) base web $(STACK) browser peers
	@LIVE=0 $(IN_VENV)/pytest -q $(ON_SERVERS) tests/browser

test-dynamodb: ## run the tests that use the table on a strict DynamoDB; needs Rust 1.88 or newer
	$(HAVE) base iam dynamodb
	@$(IN_VENV)/pytest -q $(IN_PARALLEL) --dynamodb dynoxide $(UNIT_TESTS)
	@$(IN_VENV)/pytest -q $(IN_PARALLEL) --dynamodb dynoxide tests/operations

soak: ## run the long tests (30 minutes): 100,000 histories, lost webhooks, a 10-minute API outage
	$(HAVE) base web $(STACK) browser
	@$(IN_VENV)/pytest -q -m soak --effort soak $(UNIT_TESTS)
	@LIVE=0 $(IN_VENV)/pytest -q -m soak --effort soak tests/browser

attack: ## attack the running stack: forged and fuzzed webhooks, stolen tokens, parallel posts and resets, floods of every route
	$(HAVE) base $(STACK)
	@$(IN_VENV)/pytest -q -m attack --effort attack $(UNIT_TESTS)
	@LIVE=0 $(IN_VENV)/pytest -q -m attack --effort attack tests/stack
	@LIVE=0 $(IN_VENV)/pytest -q -s --effort attack tests/attack

check: ## check formatting, lint, types, layers, lock files, and language
	$(HAVE) base web
	@$(IN_VENV)/ruff format --check .
	@$(IN_VENV)/ruff check .
	@$(IN_VENV)/basedpyright
	@$(IN_VENV)/lint-imports
	@$(IN_VENV)/python -m local.locks --check
	@$(IN_VENV)/python -m tools.prose
	@cd web && npm run --silent check

fix: ## fix what the formatters and linters can fix
	$(HAVE) base web
	@$(IN_VENV)/ruff check --fix .
	@$(IN_VENV)/ruff format .
	@cd web && npm run --silent fix

api: ## write openapi.json from the code, and the site's types from openapi.json
	$(HAVE) base web
	@$(IN_VENV)/python -m tools.openapi
	@cd web && npm run --silent api

screenshot: ## renew docs/watch.png from the running demo
	$(HAVE) base browser
	@$(IN_VENV)/python -m tools.screenshot

lock: ## pin pyproject.toml's dependencies in requirements/, with hashes
	$(HAVE) base
	@$(IN_VENV)/python -m local.locks

audit: ## look for known vulnerabilities of the locked packages of Python and npm; needs PyPI and npm
	$(HAVE) base audit
	@$(IN_VENV)/python -m tools.audit

synth: ## write the production CloudFormation template to cdk.out/
	$(HAVE) base web cdk
	@$(CDK) synth --quiet

cdk: ## run any other command of the CDK CLI: make cdk ARGS=import
	$(HAVE) base web cdk
	@$(CDK) $(ARGS)

bootstrap: ## prepare the account and region of your credentials for CDK, once
	$(HAVE) base web cdk
	@$(CDK) bootstrap $(ARGS)

diff: ## show what a deploy would change
	$(HAVE) base web cdk
	@$(CDK) diff $(ARGS)

doctor: ## check the machine, the account, and the settings, before `make deploy` (ARGS=--try-cloudfront)
	$(HAVE) base
	@$(IN_VENV)/python -m operations.doctor $(ARGS)

deploy: ## deploy to AWS, with the settings in footlight.toml (ALLOW=setting drops one)
	$(HAVE) base web cdk
	@$(CDK) deploy $(if $(ALLOW),-c allow=$(ALLOW)) $(ARGS)

destroy: ## delete the deployment, except its table, user pool, and leftovers in docs/operating.md
	$(HAVE) base web cdk
	@$(CDK) destroy $(ARGS)

livekit-keys: ## ask for LiveKit's key and secret, check them, and store them in the deployment's secret
	$(HAVE) base
	@$(IN_VENV)/python -m operations.livekit_keys

cookie-key: ## replace the key of people's and guests' cookies; no one is signed out (ARGS=--leaked: everyone is)
	$(HAVE) base
	@$(IN_VENV)/python -m operations.cookie_key $(ARGS)

verify: ## check a deployment, after `make deploy` (ARGS=--send-alarm, ARGS=--destroyed)
	$(HAVE) base
	@$(IN_VENV)/python -m operations.verify $(ARGS)

operator: ## make a user of the deployment an operator: make operator USER=ann (REMOVE=1 takes the role)
	$(HAVE) base
	@$(IN_VENV)/python -m operations.operators $(if $(REMOVE),dismiss,appoint) '$(NAMED)'

invite: ## invite a person by email into the deployment's own user pool: make invite EMAIL=ann@example.com
	$(HAVE) base
	@$(IN_VENV)/python -m operations.invite "$$EMAIL"

suspend: ## suspend an account at once: make suspend USER=ann REASON='why' (UNTIL=2027-01-31)
	$(HAVE) base
	@$(IN_VENV)/python -m operations.operators suspend '$(NAMED)' --reason "$$REASON" --until "$$UNTIL"

unsuspend: ## lift a suspension: make unsuspend USER=ann
	$(HAVE) base
	@$(IN_VENV)/python -m operations.operators lift '$(NAMED)'

approve: ## let a user stream if the setting `streaming` is `approved`: make approve USER=ann (REMOVE=1 withdraws it)
	$(HAVE) base
	@$(IN_VENV)/python -m operations.operators $(if $(REMOVE),withdraw,approve) '$(NAMED)'

notice: ## show a notice on every page: make notice TEXT='Maintenance at 22:00 UTC' (without TEXT: remove it)
	$(HAVE) base
	@$(IN_VENV)/python -m operations.notice -- "$$TEXT"

migrate: ## change older items as a release needs it, after `make deploy` (ARGS=--dry-run)
	$(HAVE) base
	@$(IN_VENV)/python -m operations.migrate $(ARGS)

# The words after `bench` are measurements, not targets. Only `cost` needs no server.
ifeq (bench,$(firstword $(MAKECMDGOALS)))
MEASUREMENTS := $(wordlist 2,$(words $(MAKECMDGOALS)),$(MAKECMDGOALS))
.PHONY: $(MEASUREMENTS)
$(MEASUREMENTS):
	@:
endif

bench: export LIMITS := off
bench: export QUICK ?=
bench: ## measure speed and cost, or a part of it: make bench cost, make bench cold home (QUICK=1: small sizes, a few minutes)
	$(HAVE) base web $(if $(filter-out cost,$(or $(MEASUREMENTS),all)),stack browser bench) $(if $(filter delay,$(MEASUREMENTS)),livekit-ingress)
	@$(IN_VENV)/python -m bench $(MEASUREMENTS)
