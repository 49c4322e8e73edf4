# Thin: CMake does the work. `make demo` and `make test` need nothing installed beforehand but make
# itself; packages come from Debian through apt-get.
PREFIX ?= /usr/local
JOBS ?= $(shell nproc)

.PHONY: all demo test soak bench lint format install packages clean
all: build/release/.built

packages:
	@packaging/install-packages.sh

build/release/CMakeCache.txt: | packages
	cmake --preset release

build/release/.built: build/release/CMakeCache.txt FORCE
	cmake --build --preset release -j $(JOBS)

demo: all
	@examples/demo/run.sh build/release

test: all
	ctest --test-dir build/release --output-on-failure -j $(JOBS)

# A hundred million steps of simulation, from seeds that CI does not try: about half an hour.
SOAK_STEPS ?= 100000000
SOAK_FIRST ?= 1000000
soak: all
	build/release/tests/simulation --steps $(SOAK_STEPS) --first $(SOAK_FIRST)

bench: all
	@tests/bench/run.sh build/release

lint: | packages
	@tests/tidy/lint.sh

format:
	git ls-files '*.cpp' '*.hpp' '*.h' '*.c' | xargs clang-format -i

install: all
	cmake --install build/release --prefix $(PREFIX)

clean:
	rm -rf build

FORCE:
