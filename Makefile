# The one command is `make test`. It installs what it lacks: Debian packages by
# apt-get (when it runs as root), npm packages and Go tools by name.

GO ?= go
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
AXE = axe-core@4.14.1
PACKAGES = chromium khal vdirsyncer python3-icalendar
BIN = $(CURDIR)/.cache/bin

.PHONY: test check unit bench pictures build tools kern

test: tools check unit

# Form of the code: gofmt, vet, staticcheck.
check:
	@unformatted=$$(gofmt -l cmd internal scheduler notify web); \
	if [ -n "$$unformatted" ]; then echo "run gofmt -w on:"; echo "$$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(BIN)/staticcheck ./...

# Unit and script tests, then those in a browser: there the race detector would
# cost minutes and see nothing that the others do not.
unit:
	$(GO) test -race -timeout 20m -skip '^TestBrowser' ./...
	$(GO) test -timeout 20m -run '^TestBrowser' ./cmd/widunetz

# Figures of docs/performance.md.
bench:
	$(GO) test -run '^$$' -bench . -benchtime 1x -timeout 30m ./internal/... ./notify ./web ./cmd/...

# Pictures of README and handbook, taken anew.
pictures: tools
	$(GO) test ./cmd/widunetz -run TestBrowserPictures -count=1 -args -pictures

build:
	CGO_ENABLED=0 $(GO) build -trimpath -tags nomsgpack -ldflags "-s -w -X main.version=$$(git describe --tags --always --dirty)" -o widunetz ./cmd/widunetz

# The style sheet of the KERN design system, built anew (needs Node).
kern:
	cd web/static/build && npm ci && node build.mjs

tools: $(BIN)/staticcheck .cache/node_modules/axe-core/axe.min.js
	@missing=; for p in $(PACKAGES); do dpkg -s $$p >/dev/null 2>&1 || missing="$$missing $$p"; done; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ]; then apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $$missing; \
	else echo "install first: apt-get install$$missing"; exit 1; fi

$(BIN)/staticcheck:
	GOBIN=$(BIN) $(GO) install $(STATICCHECK)

.cache/node_modules/axe-core/axe.min.js:
	npm install --no-audit --no-fund --prefix .cache $(AXE)
