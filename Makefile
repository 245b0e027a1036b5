# GNU make 3.81 or newer, any POSIX shell. Everything made here lies in .venv/ and build/, and in the
# user's cache folder (the Pulumi CLI, where there is none on the PATH).

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test quick fleet bench check docs generate fix env lock clean

PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo "$$python"; break; }; done)
IN_VENV := .venv/bin/python
LOCK := tests/requirements/newest.txt
OLDEST_LOCK := tests/requirements/oldest.txt
# "-n 4": tests wait for processes most of the time.
PYTEST := $(IN_VENV) -m pytest -n 4
WITH_ENV := eval "$$(sh tests/pulumi_cli/env.sh "$$PWD" "$$(cat build/setup/pulumi)")" &&

# A set-up whose result has been removed since is made again.
$(shell test -x "$$(cat build/setup/python 2>/dev/null)" || rm -f build/setup/python; \
	test -x .venv/bin/python || rm -f build/setup/package; \
	test -x build/oldest/bin/python || rm -f build/setup/oldest; \
	test -x "$$(cat build/setup/pulumi 2>/dev/null)/pulumi" || rm -f build/setup/pulumi)

help: ## what there is to make
	@sed -n 's/^\([a-z]*\):[^#]*## /  make \1|/p' Makefile | awk -F'|' '{ printf "%-14s %s\n", $$1, $$2 }'

setup: build/setup/package build/setup/pulumi ## the virtualenv and the Pulumi CLI

demo: setup ## the main job, with no account: a real `pulumi up` (60 s once set up)
	@$(WITH_ENV) $(IN_VENV) examples/demo.py

test: setup build/setup/oldest ## every test; ARGS="-k name" for some
	@$(WITH_ENV) $(PYTEST) $(ARGS)

quick: build/setup/package ## of the tests, those without the Pulumi CLI; ARGS="-k name" for some
	@PATH="$$PWD/.venv/bin:$$PATH" $(PYTEST) -m "not engine" $(ARGS)

fleet: setup ## of the tests, many accounts on a cluster: ACCOUNTS=6 for fewer than 50
	@$(WITH_ENV) $(IN_VENV) -m pytest -s tests/stacks/test_many_accounts.py

bench: setup ## what it costs, in 8 minutes: build/bench.json; ARGS="refresh creates" for some
	@$(WITH_ENV) PYTHONPATH=tests $(IN_VENV) -m benchmarks $(ARGS)

check: build/setup/package ## formatter, linter, types, import contracts
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	@PYTHONPATH=tests $(IN_VENV) tests/typing/check.py
	.venv/bin/lint-imports

docs: build/setup/package ## the site, into build/site: ARGS=serve shows it while you write
	@NO_MKDOCS_2_WARNING=1 .venv/bin/mkdocs $(or $(ARGS),build --strict --quiet)

generate: build/setup/package ## types and signatures, from the models; then commit them
	@PATH="$$PWD/.venv/bin:$$PATH" PYTHONPATH=tests $(IN_VENV) -m signatures

fix: build/setup/package ## let the formatter and the linter mend what they can
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

env: setup ## for any shell: eval "$(make -s env)"
	@sh tests/pulumi_cli/env.sh "$$PWD" "$$(cat build/setup/pulumi)"

lock: build/setup/package ## write the lock files anew
	.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
		--no-emit-index-url --no-header --extra local --group dev pyproject.toml -o $(LOCK)
	.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
		--no-emit-index-url --no-header --extra local --resolution lowest-direct \
		pyproject.toml -o $(OLDEST_LOCK)

clean: ## remove what was made here; the user's cache stays
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

# `eval "$$(make -s env)"` gets nothing but exports: everything else is said on standard error.

build/setup/python:
	@mkdir -p build/setup
	@test -n "$(PYTHON)" || { \
		echo "There is no Python 3.11 or newer on the PATH. Install one (https://www.python.org," >&2; \
		echo "or your system's package manager), or name it: make PYTHON=/path/to/python3" >&2; \
		exit 1; }
	@"$(PYTHON)" -c 'import sys; print(sys._base_executable)' > $@

build/setup/package: build/setup/python $(LOCK) pyproject.toml tests/requirements/install.sh
	@echo "Making .venv with exactly what $(LOCK) names, usually 10 seconds …" >&2
	@"$$(cat build/setup/python)" -m venv --clear .venv >&2 || { \
		echo "python -m venv failed; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@sh tests/requirements/install.sh $(IN_VENV) $(LOCK) $(LOCK)
	@.venv/bin/uv pip install --quiet --python $(IN_VENV) --no-deps --no-build-isolation -e . >&2
	@touch $@

build/setup/oldest: build/setup/package $(OLDEST_LOCK)
	@echo "Making build/oldest with the oldest Pulumi SDK that is supported, usually 10 seconds …" >&2
	@"$$(cat build/setup/python)" -m venv --clear build/oldest >&2
	@sh tests/requirements/install.sh build/oldest/bin/python $(OLDEST_LOCK) $(LOCK)
	@build/oldest/bin/python -c 'import pathlib, sysconfig; \
		pathlib.Path(sysconfig.get_path("purelib"), "checkout.pth").write_text( \
			str(pathlib.Path("provider").resolve()))'
	@touch $@

build/setup/pulumi: build/setup/package tests/pulumi_cli/get.py tests/pulumi_cli/go.mod \
		tests/pulumi_cli/pulumi-language-python
	@$(IN_VENV) tests/pulumi_cli/get.py > $@
