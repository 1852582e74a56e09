# Everything a person needs, in two words: `make talk` and `make test`. The rest is for those who build it.

BIN := .venv/bin

.PHONY: talk test check clean install-service uninstall-service

talk: .venv/.talks   ## set everything up if needed, then talk
	@$(BIN)/companion talk

test: .venv/.tests   ## set everything up if needed, then run the whole suite
	@$(BIN)/pytest

check: .venv/.tests  ## lint and types
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

.venv/.talks: pyproject.toml scripts/setup locks/build.lock locks/talk.lock
	@scripts/setup talk

.venv/.tests: pyproject.toml scripts/setup locks/build.lock locks/test.lock
	@scripts/setup test

UNITS := $(or $(XDG_CONFIG_HOME),$(HOME)/.config)/systemd/user

install-service: .venv/.talks  ## start the companion with your session, without a network
	@mkdir -p $(UNITS)
	@sed -e 's#@BIN@#$(CURDIR)/$(BIN)#' -e 's#@DOCS@#$(CURDIR)/docs#' systemd/companion-voice.service \
	  > $(UNITS)/companion-voice.service
	@cp systemd/companion-voice.socket $(UNITS)/
	@systemctl --user daemon-reload && systemctl --user enable --now companion-voice.service
	@echo "It runs. Look: companion status. Undo: make uninstall-service"

uninstall-service:   ## undo that; what it remembers stays
	@systemctl --user disable --now companion-voice.service companion-voice.socket 2>/dev/null || true
	@rm -rf $(UNITS)/companion-voice.service $(UNITS)/companion-voice.socket $(UNITS)/companion-voice.service.d
	@systemctl --user daemon-reload
	@echo "It is gone from your session."

clean:               ## remove what was set up
	rm -rf .venv build dist
