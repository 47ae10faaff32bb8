# `make` or `make help` lists the targets. CI runs `make test`; people run `make check` before a commit.

SHELL       := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X github.com/loa-project/loa/internal/app.Version=$(VERSION)
GO      := CGO_ENABLED=0 TZ=UTC go
NPM     := npm --prefix web --no-update-notifier
WEBSRC  := $(shell find web/src web/public web/index.html web/vite.config.ts web/tsconfig.json -type f 2>/dev/null)
TESTFLAGS ?=

.PHONY: help build web go-build run test test-web test-go e2e check fmt vet staticcheck generate fresh check-web bench dev need clean

help: ## list the targets
	@grep -hE '^[a-z][a-z0-9-]*:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  \033[1m%-12s\033[0m %s\n", $$1, $$2}'

build: web go-build ## build bin/loa with the web app inside

go-build: ## build bin/loa with whatever web/dist holds
	$(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/loa ./cmd/loa

web: web/dist/index.html ## build the web app (skipped with a note where Node is missing)

web/dist/index.html: $(WEBSRC) web/package-lock.json
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory web/node_modules/.ready && $(NPM) run build; \
	else echo "note: Node is not installed, bin/loa is built without the web app"; fi

web/node_modules/.ready: web/package-lock.json
	$(NPM) ci
	@touch $@

run: build ## open the product with sample data and the simulator at http://localhost:8080
	bin/loa demo

test: need web test-web vet test-go ## everything CI runs; installs PostgreSQL where it is missing

test-web: ## tests of the web app
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory web/node_modules/.ready && $(NPM) test; \
	else echo "Node 20 or newer is needed for the tests of the web app" >&2; exit 1; fi

# The end-to-end tests use the binary as people get it.
test-go: go-build
	$(GO) test -timeout 20m $(TESTFLAGS) ./...

e2e: need build ## only the end-to-end tests
	$(GO) test -timeout 20m -count=1 $(TESTFLAGS) ./e2e/...

need: # what tests need besides Go and Node
	@.ci/need postgres $(if $(wildcard e2e/*browser*),browser)

check: fmt vet staticcheck fresh check-web ## format, vet, staticcheck, house rules, generated files, lint and types of the web app
	$(GO) test -timeout 5m . ./internal/i18n

fmt:
	@bad=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$bad" ]; then echo "not formatted (gofmt -w):"; echo "$$bad"; exit 1; fi

vet:
	$(GO) vet ./...

staticcheck:
	$(GO) tool staticcheck ./...

# The types of the web app come from the OpenAPI document, which comes from the routes.
generate: go-build web/node_modules/.ready ## write the OpenAPI document and the types of the web app anew
	@mkdir -p docs/api
	bin/loa openapi > docs/api/openapi.json
	cd web && npm exec -- openapi-typescript ../docs/api/openapi.json -o src/api/schema.d.ts

fresh: go-build web/node_modules/.ready
	@tmp=$$(mktemp -d); trap 'rm -rf "$$tmp"' EXIT; \
	bin/loa openapi > $$tmp/openapi.json; \
	cmp -s $$tmp/openapi.json docs/api/openapi.json || { echo "docs/api/openapi.json is old: make generate"; exit 1; }; \
	cd web && npm exec -- openapi-typescript ../docs/api/openapi.json -o $$tmp/schema.d.ts >/dev/null; \
	cmp -s $$tmp/schema.d.ts src/api/schema.d.ts || { echo "web/src/api/schema.d.ts is old: make generate"; exit 1; }

check-web: web/node_modules/.ready
	$(NPM) run lint
	$(NPM) run types

bench: need build ## measure messages/s, memory, import and segments on both databases; prints JSON
	@.ci/with-postgres bin/loa bench $(BENCHFLAGS)

dev: go-build web/node_modules/.ready ## the product with sample data, and the web app with live reload on :5173
	@bin/loa demo & server=$$!; trap 'kill $$server 2>/dev/null' EXIT; $(NPM) run dev

clean: ## remove what was built
	rm -rf bin web/node_modules
	find web/dist -mindepth 1 -not -name .keep -delete
