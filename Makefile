# Under a minute: lint beside the unit tests. `make help` lists the rest.
.DEFAULT_GOAL := quick
.PHONY: quick bench lint unit integration notebooks browser containers test gallery faults start stop status redis lock clean help

quick: ## lint and the unit tests, at once; coverage is measured by the whole suite
	./test.sh lint unit

lint unit integration notebooks browser containers: ## one part of the tests
	./test.sh $@

test: ## the whole test suite
	./test.sh

gallery: ## pictures of explore, train and results: each tab of four data sets, light and dark, in gallery/; ten minutes
	ENV_GALLERY="$(CURDIR)/gallery" ./test.sh browser -- -k "every_side or opens_in_the_dark or both_themes"

faults: ## every fault as often as is promised, and the scoreboard; FAULTS="cache --scale 0.1" runs less
	"$$(scripts/python.sh)" scripts/environment.py --dev -- \
	  /usr/bin/env PYTHONPATH="$(CURDIR)/tests" "$(CURDIR)/.venv/bin/python" -m faults $(FAULTS)

bench: ## every figure beside its peers, ten minutes; BENCH="--only P1 --rounds 3" for less
	"$$(scripts/python.sh)" scripts/environment.py --dev -- "$(CURDIR)/.venv/bin/python" -m benchmarks $(BENCH)

.PHONY: fuzz
fuzz: EXAMPLES = 50000
fuzz: ## frames of any bits through the codec, minutes; EXAMPLES=2000000 for a night; prints what was tried
	ENV_FUZZ_EXAMPLES=$(EXAMPLES) "$$(scripts/python.sh)" scripts/environment.py --dev -- "$(CURDIR)/.venv/bin/python" \
	  -m pytest -o timeout=0 --hypothesis-show-statistics -vv tests/unit/cache/test_codec_properties.py

start: ## start Sci-Pype in the background
	./start.sh --detach

stop: ## stop it; what is stored stays
	./stop.sh

status: ## what runs, and where
	./start.sh status

redis: ## redis-cli on the running cache
	./redis.sh

.PHONY: docker-fetch docker-build docker-start docker-stop docker-clean docker-all
docker-fetch: ## fetch what the images are built from, for a build without a network
	scripts/fetch-packages.sh

docker-build: ## build the images of the full stack
	"$$(scripts/python.sh)" -P scripts/stack build full-stack

docker-start: ## start the full stack in containers; MODE=standalone for another
	./start.sh $(or $(MODE),full-stack)

docker-stop: ## stop whatever runs in containers; what is stored stays
	"$$(scripts/python.sh)" -P scripts/stack down any

docker-clean: ## remove the stacks and, after a question, all that they hold
	./stop.sh --purge

docker-all: docker-build docker-start ## build the images, start the full stack and look at it
	./ssh.sh jupyter -- pycore doctor

.PHONY: tables
tables: ## write the tables of README.rst and docs/operations.rst from scripts/stack/reference.py
	"$$(scripts/python.sh)" -P scripts/build_tables.py

lock: ## lock every dependency again (needs uv)
	scripts/lock.sh

clean: stop ## remove .venv and the caches of the tools; data/ stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis htmlcov dist
	rm -f .coverage .coverage.*
	find pycore tests scripts benchmarks -name __pycache__ -prune -exec rm -rf {} +

help: ## this list
	@awk -F ':.*## ' '/^[a-z -]+:.*## / { printf "  %-40s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
