# Every target does its own set-up: Debian 12 with python3 (>= 3.11), venv, make and git is enough.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

.PHONY: help demo test proofs check lint types wheel docs bench lab faults frr poplab clab clean
help:            ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

$(VENV)/.ready: pyproject.toml uv.lock
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv>=0.9,<1"
	@$(BIN)/uv sync --quiet --locked --all-groups --compile-bytecode
	@$(BIN)/python -m compileall -q src acceptance tasks
	@touch $@

demo: $(VENV)/.ready   ## the main job on the virtual POP at 60 Hudson Street: order to certificate, red, repair, green
	@$(BIN)/turnup demo

test: $(VENV)/.ready   ## the tests, five minutes on two cores; as root it installs Debian's postgresql, which they need
	@tests/store/need_postgres.sh
	@$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder -m "not proof"

proofs: $(VENV)/.ready   ## the tests that kill, break and repair one thing after the other (five minutes more)
	@$(BIN)/python -m pytest -n auto --dist worksteal -m proof

check: lint types test proofs wheel   ## what CI runs

lint: $(VENV)/.ready   ## ruff, ruff format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(VENV)/.ready   ## mypy --strict
	@$(BIN)/mypy

wheel: $(VENV)/.ready   ## build the wheel, install it away from the checkout, run the tests against it
	@$(BIN)/python tests/wheel/run.py

docs: $(VENV)/.ready   ## write what is generated from the code: docs/checks.md
	@$(BIN)/python -m turnup.judge.reference

PART ?= 1
faults: $(VENV)/.ready   ## crash changes at every command, hostile orders, round trips, side by side; PART=7: a seventh of it
	@began=$$(date +%s); status=0; said=$$(mktemp); \
	for proof in "tests/faults/crash.py --sample $(PART)" \
	  "tests/faults/injection.py --examples $$((100000 / $(PART))) --every $(PART)" \
	  "tests/faults/round_trip.py --every $(PART)" "tests/exchange/crash_table.py $(if $(filter 1,$(PART)),,--fast)"; do \
	  case "$$proof" in *crash_table*) $(BIN)/python bench/side_by_side.py --check >$$said 2>&1 & beside=$$!;; esac; \
	  echo "== $$proof"; $(BIN)/python $$proof || status=1; done; \
	echo "== bench/side_by_side.py --check"; wait $$beside || status=1; cat $$said; rm -f $$said; \
	echo "make faults: $$(( $$(date +%s) - began )) s"; exit $$status

bench: $(VENV)/.ready   ## side-by-side benchmarks
	@for script in bench/single_router.py bench/fleet.py bench/virtual_memory.py bench/startup.py \
	  bench/parse_speed.py bench/judge_port.py bench/store.py bench/evidence.py bench/side_by_side.py; do \
	  echo "== $$script"; $(BIN)/python $$script || exit 1; done

LAB ?=
lab: $(VENV)/.ready   ## virtual routers to play with: `make lab`, then `turnup --lab sites`; LAB=--netns or --clab: a POP of FRR
	@$(if $(filter --netns,$(LAB)),tests/lab/need_packages.sh)$(if $(filter --clab,$(LAB)),tests/lab/need_containerlab.sh)
	@$(BIN)/turnup lab up $(LAB)

CASES ?= test
frr: $(VENV)/.ready   ## the transaction on a real FRR in namespaces of its own: needs root, Debian's frr and openssh-server
	@command -v vtysh unshare nsenter sshd >/dev/null || { echo "make frr: apt-get install frr openssh-server iproute2"; exit 1; }
	@$(BIN)/python -m pytest -n auto --dist worksteal tests/frr/transaction_frr.py -k "$(CASES)"

poplab: $(VENV)/.ready   ## the POP of real IS-IS, BGP, TACACS+ and DNS in namespaces: needs root; installs Debian's packages
	@tests/lab/need_packages.sh
	@began=$$(date +%s); status=0; \
	$(BIN)/python -m pytest $(filter-out tests/lab/containerlab_lab.py,$(wildcard tests/lab/*_lab.py)) || status=1; \
	$(BIN)/python tests/lab/fault_matrix.py || status=1; \
	echo "make poplab: $$(( $$(date +%s) - began )) s"; exit $$status

# teardown_lab.py runs namespaces itself; containerlab_lab.py is about containers. gsr_front_lab.py runs on both
# (TURNUP_LAB_RUNNER=containers, two minutes more): left to `make poplab` for the time it takes.
clab: $(VENV)/.ready   ## the same POP and tests by containerlab: root, Go or containerlab; installs Debian's docker.io, mmdebstrap
	@tests/lab/need_containerlab.sh
	@began=$$(date +%s); TURNUP_LAB_RUNNER=containers $(BIN)/python -m pytest \
	  $(filter-out tests/lab/teardown_lab.py tests/lab/gsr_front_lab.py,$(wildcard tests/lab/*_lab.py)); \
	status=$$?; echo "make clab: $$(( $$(date +%s) - began )) s"; exit $$status

clean:           ## remove what these targets made
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
