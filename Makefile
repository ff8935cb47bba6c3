# medlem. `make demo` to see it, `make test` to trust it; both set up what they need.
PORT ?= 8000
DATA ?= .demo
BIN := .venv/bin

.PHONY: help demo test check bench lock messages

help:
	@echo "make demo    the portal with demo data on http://127.0.0.1:$(PORT) (PORT=, DATA=, DATABASE_URL=, FRESH=1)"
	@echo "make test    all tests, on SQLite and PostgreSQL, with a real browser"
	@echo "make check   style, types, import contracts, templates, migrations, translations"
	@echo "make bench   every figure of bench/"

demo:
	@scripts/setup run
	@PORT="$(PORT)" DATA="$(DATA)" FRESH="$(FRESH)" $(BIN)/medlem demo

test:
	@scripts/setup test chromium postgresql
	@scripts/test $(ARGS)

check:
	@scripts/setup check gettext
	@scripts/check

bench:
	@scripts/setup test postgresql
	@scripts/bench $(ARGS)

lock:
	@scripts/lock

messages:
	@scripts/setup check gettext
	@scripts/messages
