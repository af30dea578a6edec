# Shuyuan 数源. `make help` lists what can be made; every line that ends in `## …` is a target of its own.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
READY := .venv/.ready
STUDENTS ?= 20000
NIGHT ?= 2025-10-15
SAMPLE := var/sample
# Tests of whole nights and builds, and as much more as makes both halves equally long: a processor each.
NIGHTS := tests/end_to_end tests/dbt_project tests/dags tests/expectations tests/samples
LAKE ?= var/lake
PORT ?= 8080
INBOX ?=
ARGS ?=
BENCH = $(if $(PART),--part $(PART)) $(if $(LIMIT),--limit "$(LIMIT)") $(if $(RELEASE),--release "$(RELEASE)")

# The first interpreter that is 3.11 or 3.12 and can make a virtual environment; PYTHON names one alone.
PYTHON ?=
FIND_PYTHON = for python in $(or $(PYTHON),python3.12 python3.11 python3); do \
	"$$python" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' \
	2>/dev/null && { echo "$$python"; exit 0; }; done; \
	echo "No Python 3.11 or 3.12 with its venv module was found$(if $(PYTHON), ($(PYTHON) is none)): install one, or name it with 'make setup PYTHON=/path/to/python'." >&2; exit 1

.PHONY: help
help:  ## say what can be made
	@grep -E '^[a-z-]+:.*## ' $(firstword $(MAKEFILE_LIST)) | sed -E 's/:.*## /\t/' | expand -t 14

.PHONY: setup
setup: $(READY)  ## make .venv from requirements.lock and look the machine over

$(READY): requirements.lock pyproject.toml
	@python=$$($(FIND_PYTHON)); [ -x $(BIN)/python ] || "$$python" -m venv .venv
	@echo "Installing the locked packages into .venv (some minutes the first time) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(BIN)/shuyuan doctor
	@touch $@

.PHONY: run
run: setup $(SAMPLE)/.students-$(STUDENTS)  ## a night of the sample city: var/sample to var/lake
	@$(BIN)/shuyuan night --inbox $(SAMPLE)/$(NIGHT) --lake $(LAKE) --date $(NIGHT)

$(SAMPLE)/.students-$(STUDENTS): | $(READY)
	@rm -rf $(SAMPLE)
	@$(BIN)/shuyuan sample --out $(SAMPLE) --students $(STUDENTS)
	@touch $@

.PHONY: dbt
dbt: setup  ## dbt by hand on a copy of the lake's catalog: make dbt ARGS="show -s student_growth"
	@$(BIN)/shuyuan dbt --lake $(LAKE) $(ARGS)

.PHONY: test
test: setup  ## all tests but the long ones
	@mkdir -p var; $(BIN)/python -m pytest $(NIGHTS) > var/test-nights.log 2>&1 & nights=$$!; status=0; \
	$(BIN)/python -m pytest $(addprefix --ignore=,$(NIGHTS)) || status=$$?; \
	wait $$nights || status=$$?; cat var/test-nights.log; exit $$status

.PHONY: soak
soak: setup  ## the long tests (months of nights, mutants, the scheduler); PART=storage for those of that name
	@$(BIN)/python -m pytest -m soak $(if $(PART),-k $(PART))

.PHONY: lint
lint: setup  ## what is quick: ruff, YAML, registers, architecture (some seconds)
	@$(BIN)/ruff check .
	@$(BIN)/python -m pytest --quiet tests/architecture

.PHONY: check
check: lint  ## lint, types, whether the dbt project compiles under every register, lineage, SQL style
	@mkdir -p var; $(BIN)/python -m warehouse.lineage > var/check-lineage.log 2>&1 & lineage=$$!; status=0; \
	{ $(BIN)/mypy && $(BIN)/python -m warehouse.build.compiled_sql var/compiled \
	&& $(BIN)/sqlfluff lint --processes 2 --disable-progress-bar var/compiled; } || status=$$?; \
	wait $$lineage || status=$$?; cat var/check-lineage.log; exit $$status

.PHONY: descriptions
descriptions: setup  ## write the descriptions that the contracts and elements of the register hold already
	@$(BIN)/python -m warehouse.descriptions

.PHONY: docs
docs: setup  ## dbt's documentation of every model and column, in one file: var/docs/index.html
	@$(BIN)/python -m shuyuan.docs_site var/docs/index.html

.PHONY: diagram
diagram: setup  ## draw the marts and their keys into docs/marts.md
	@$(BIN)/python -m warehouse.release.diagram

.PHONY: bench
bench: setup  ## speed against the limit (LIMIT=script.py) and the peers, who is who; PART=nights for one part
	@$(BIN)/python -m benchmarks $(BENCH)

.PHONY: bench-full
bench-full: setup  ## the same with 100,000 and a million students (an hour)
	@$(BIN)/python -m benchmarks --full $(BENCH)

.PHONY: up
up: setup  ## Airflow's scheduler and page, on this machine alone: make up PORT=8090 INBOX=/where/exports/arrive
	@exec $(BIN)/python -m dags.standalone --lake $(LAKE) --port $(PORT) $(if $(INBOX),--inbox "$(INBOX)")

.PHONY: airflow
airflow: setup  ## Airflow's own command line on the scheduler's home: make airflow ARGS="dags list"
	@$(BIN)/shuyuan airflow --lake $(LAKE) $(ARGS)

.PHONY: lock
lock:  ## resolve requirements.in into requirements.lock (needs uv and the network)
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
		-o requirements.lock requirements.in

.PHONY: clean
clean:  ## take the sample and its lake away
	@rm -rf $(SAMPLE) $(LAKE)
