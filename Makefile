# Everything a person needs, in two words: `make talk` and `make test`. The rest is for those who build it.

BIN := .venv/bin

.PHONY: talk test check clean

talk: .venv/.talks   ## set everything up if needed, then talk
	@$(BIN)/companion talk

test: .venv/.tests   ## set everything up if needed, then run the whole suite
	@$(BIN)/pytest

check: .venv/.tests  ## lint and types
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

.venv/.talks: pyproject.toml scripts/setup
	@scripts/setup talk

.venv/.tests: pyproject.toml scripts/setup
	@scripts/setup test

clean:               ## remove what was set up
	rm -rf .venv build dist
