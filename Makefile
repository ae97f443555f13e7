# To begin: `make demo`, `make test`. `make` lists all targets.
PYTHON ?= python3
.DEFAULT_GOAL := help

VENV := .venv/.installed
LOCKED := .venv/.locked
DEVSERVER := devserver/.venv/.installed
PEER := tests/peer/.venv/.installed
S3 := tests/s3/.venv/.installed
DTOOL := tests/dtool/.venv/.installed
CLIENTS := build/bench/aws/.installed build/bench/boto3/.installed build/bench/s3fs/.installed
# Two test files at a time; each worker has its own servers.
TWO := --numprocesses 2 --dist loadfile
# A complete environment, with hashes for all files; Python compiles modules on import.
install = $(1)/bin/python -m pip install --quiet --no-deps --no-compile --require-hashes --requirement $(2)

.PHONY: help
help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(LOCKED): requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is %s: make PYTHON=python3.12 ..." % sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv --clear .venv
	$(call install,.venv,requirements-dev.txt)
	@touch $@

# pip refuses an editable install with hashes; its dependencies are installed already.
$(VENV): pyproject.toml $(LOCKED)
	.venv/bin/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(DEVSERVER): devserver/requirements.txt
	$(PYTHON) -m venv --clear devserver/.venv
	$(call install,devserver/.venv,devserver/requirements.txt)
	@touch $@

$(PEER): tests/peer/requirements.txt
	$(PYTHON) -m venv --clear tests/peer/.venv
	$(call install,tests/peer/.venv,tests/peer/requirements.txt)
	@touch $@

$(S3): tests/s3/requirements.txt
	$(PYTHON) -m venv --clear tests/s3/.venv
	$(call install,tests/s3/.venv,tests/s3/requirements.txt)
	@touch $@

# The program dtool, with this package as its plugin.
$(DTOOL): tests/dtool/requirements.txt pyproject.toml
	$(PYTHON) -m venv --clear tests/dtool/.venv
	$(call install,tests/dtool/.venv,tests/dtool/requirements.txt)
	tests/dtool/.venv/bin/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

build/bench/%/.installed: benchmarks/requirements-%.txt
	$(PYTHON) -m venv --clear build/bench/$*
	$(call install,build/bench/$*,benchmarks/requirements-$*.txt)
	@touch $@

.PHONY: demo
demo: $(VENV) $(DEVSERVER)  ## run the tour against a local real dserver
	@.venv/bin/python examples/tour.py --demo

.PHONY: gallery
gallery: $(VENV) $(DEVSERVER)  ## run the notebooks of examples/gallery, and store their output
	@.venv/bin/python examples/gallery.py

.PHONY: test
test: $(VENV) $(DEVSERVER) $(PEER)  ## run the tests against the local real dserver, within three minutes
	.venv/bin/python -m pytest $(TWO) -m 'not slow'

.PHONY: test-slow
test-slow: $(VENV) $(DEVSERVER) $(PEER) $(S3) $(DTOOL)  ## run the tests that `make test` omits
	.venv/bin/python -m pytest $(TWO) -m 'slow and not alone'
	.venv/bin/python -m pytest -m alone

.PHONY: test-all
test-all: $(VENV) $(DEVSERVER) $(PEER) $(S3) $(DTOOL)  ## run all tests
	.venv/bin/python -m pytest

.PHONY: test-server
test-server: $(VENV) $(DEVSERVER)  ## test the server that TEST_DSERVER_URL names: docs/testing-a-server.md
	.venv/bin/python -m pytest tests/any_server -rs

.PHONY: soak
soak: $(VENV) $(DEVSERVER) $(S3)  ## make 80,000 calls while tokens expire, and interrupt transfers of 1,000 items
	.venv/bin/python -m pytest tests/server/test_soak.py --capture=no
	TEST_S3_ITEMS=1000 .venv/bin/python -m pytest tests/server/test_s3.py -k goes_up --capture=no
	.venv/bin/python benchmarks/load.py

.PHONY: bench
bench: $(VENV) $(DEVSERVER) $(PEER)  ## measure speed and memory, compared with bare httpx and 0.10
	.venv/bin/python benchmarks/bench.py

.PHONY: bench-transfers
bench-transfers: $(VENV) $(CLIENTS)  ## compare transfers with other clients of S3; needs nginx and curl
	.venv/bin/python benchmarks/transfers.py

.PHONY: check
check: $(VENV) $(DEVSERVER)  ## check format, style and types, and that derived files are up to date
	.venv/bin/python tools/functions.py
	.venv/bin/ruff format --check --quiet
	.venv/bin/ruff check --quiet
	.venv/bin/mypy --show-error-context
	.venv/bin/pyright
	PATH="$(CURDIR)/.venv/bin:$$PATH" pyright --ignoreexternal --verifytypes dtool_lookup_api
	.venv/bin/openapi-spec-validator openapi.yaml
	.venv/bin/python tools/check.py

.PHONY: dserver
dserver: $(VENV) $(DEVSERVER)  ## serve the local real dserver in the foreground
	@devserver/.venv/bin/python devserver/serve.py

# Another server for `make follow`, `make drift` and `make spec`: a URL, a release, or a file.
OTHER = $(if $(filter undefined,$(origin SERVER)),,--server '$(SERVER)') $(if $(DSERVERCORE),--dservercore '$(DSERVERCORE)') \
	$(if $(DOCUMENT),--document '$(DOCUMENT)')
FORMAT ?= text

.PHONY: drift
drift: $(VENV) $(DEVSERVER)  ## compare with SERVER=url, DSERVERCORE=version or DOCUMENT=file
	@# Status 1 means that something breaks, as the report shows. It is not an error of make.
	@.venv/bin/python tools/drift.py $(OTHER) --format $(FORMAT) || [ $$? -eq 1 ]

.PHONY: follow
follow: $(VENV) $(DEVSERVER)  ## derive all for SERVER, DSERVERCORE or DOCUMENT, and show what is left to do
	@.venv/bin/python tools/follow.py $(OTHER)

.PHONY: spec
spec: $(VENV) $(DEVSERVER)  ## derive openapi.yaml from the pinned server, or from another, and overlay/
	@.venv/bin/python tools/spec.py $(OTHER)

.PHONY: generate
generate: $(VENV)  ## derive generated/, result types, public modules and the rest
	.venv/bin/python tools/derivation.py

.PHONY: lock
lock: $(VENV)  ## lock the environments again; UPGRADE=yes selects the latest versions
	.venv/bin/python tools/lock.py $(if $(UPGRADE),--upgrade)

NEWEST := build/newest
.PHONY: newest
newest: $(DEVSERVER) $(PEER)  ## run the tests with the latest releases of all dependencies
	$(PYTHON) -m venv --clear $(NEWEST)
	$(NEWEST)/bin/python -m pip install --quiet --upgrade pip
	$(NEWEST)/bin/python -m pip install --quiet --upgrade --editable . --group newest
	-$(NEWEST)/bin/mypy
	-$(NEWEST)/bin/pyright --pythonpath $(NEWEST)/bin/python
	$(NEWEST)/bin/python -m pytest $(TWO) -m 'not slow'

# On the oldest Python, as there are no files of old releases for the newest.
OLDEST := build/oldest
.PHONY: oldest
oldest: $(VENV) $(DEVSERVER) $(PEER)  ## run the tests with the oldest releases that the ranges allow
	.venv/bin/uv venv --quiet --clear --python 3.11 $(OLDEST)
	.venv/bin/uv pip install --quiet --python $(OLDEST) --resolution lowest-direct --editable '.[test]'
	$(OLDEST)/bin/python -m pytest $(TWO) -m 'not slow'

.PHONY: format
format: $(VENV)  ## format the code
	.venv/bin/ruff format
	.venv/bin/ruff check --fix
