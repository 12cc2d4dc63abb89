# The commands of the project. `make demo` and `make test` work on a fresh clone and do all set-up themselves.
CARGO ?= cargo
PYTHON ?= python3

.PHONY: help setup demo test examples readers ensembles browser interfaces bench lint doc guide dist clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## check for Rust, a C++ compiler and cmake; install the latter two where possible
	@.ci/setup

demo: setup ## build, simulate ethanol at 300 K with the shipped potential, say where the trajectory is
	@$(CARGO) run --release --locked -- run inputs/simulate-ethanol-nvt.toml --force

test: setup ## run every test of behavior
	$(CARGO) test --release --locked

examples: setup ## run the programs in examples/, which use the library
	@for file in examples/*.rs; do \
		echo "==> $$file"; $(CARGO) run --release --locked --quiet --example $$(basename $$file .rs) || exit 1; done

readers: setup ## check that MDAnalysis, MDTraj, ASE, PyMOL and OVITO read our trajectories (installs them; skips what cannot be)
	$(CARGO) build --release --locked
	PYTHON=$(PYTHON) tests/readers/run
	PYTHON=$(PYTHON) tests/readers/structures

ensembles: setup ## check every bath and barostat with physical_validation, short form (installs it; skips what cannot be)
	$(CARGO) build --release --locked
	PYTHON=$(PYTHON) tests/physical_validation/run

browser: setup ## open reports in Chromium and look at them (installs it; screenshots in target/browser)
	$(CARGO) build --release --locked
	tests/browser/run

interfaces: setup ## check Python, ASE, LAMMPS and i-PI against the program (installs what is missing, skips what cannot be)
	PYTHON=$(PYTHON) tests/interfaces/run

bench: setup ## measure the speed
	$(CARGO) bench --locked

lint: setup ## format and lints of the program, its crates and the interfaces, warnings denied
	$(CARGO) fmt --all --check
	$(CARGO) clippy --release --all-targets --locked -- -D warnings
	$(CARGO) clippy --release --locked -p cormorant-kim -- -D warnings
	$(CARGO) clippy --release --locked -p cormorant-python -- -D warnings

doc: setup ## build the documentation of the library, warnings denied
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --release --no-deps --locked
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --release --no-deps --locked -p cormorant-kim
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --release --no-deps --locked -p cormorant-python

guide: setup ## build the guide into target/guide (installs mdbook; skips what cannot be)
	@.ci/guide

dist: setup ## build what is released, an archive and a Python wheel for Linux, into target/release-files
	@.ci/dist

clean: ## remove everything that was built (the next build compiles chemfiles again, which takes minutes)
	$(CARGO) clean
