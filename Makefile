# nmdebug: build, look at it, test it. `make help` lists the targets.
SHELL := /bin/bash
.DEFAULT_GOAL := help

TOOLS    := $(CURDIR)/.cache/tools
LINT     := $(TOOLS)/golangci-lint-2.15.0
GOFUMPT  := $(TOOLS)/gofumpt-0.12.0
VERSION  := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LDFLAGS  := -s -w -X nmdebug/cmd/nmdebug/cli.version=$(VERSION)
FUZZTIME ?= 10s

.PHONY: help build demo demo-recording lab wifi-lab test tests-setup check unit lint fmt docs fuzz bench clean setup

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

build: ## build the static binary bin/nmdebug
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o bin/nmdebug ./cmd/nmdebug

bin/lab: $(shell find testenv -name '*.go' 2>/dev/null)
	CGO_ENABLED=0 go build -trimpath -o $@ ./testenv/lab

demo: build ## show nmdebug on this machine's NetworkManager, or on the recording that comes with it
	@testenv/demo

demo-recording: build ## make that recording anew, in the virtual machine with real radios
	@testenv/wifilab/setup
	@go run ./testenv/demotape

lab: build setup bin/lab ## a shell in a laboratory of namespaces with real daemons (SCENARIO=dhcp, `bin/lab list`)
	@bin/lab shell $(SCENARIO)

wifi-lab: build bin/lab ## a shell in a virtual machine with real radios (SCENARIO=roam, `bin/lab wifi list`)
	@testenv/wifilab/setup
	@bin/lab wifi shell $(SCENARIO)

setup: ## install what the laboratory needs (Debian packages; nothing is started)
	@testenv/setup

test: tests-setup check unit ## install what the tests need and run them all

# The race detector needs a C compiler.
tests-setup:
	@testenv/setup gcc libc6-dev systemd-journal-remote modemmanager
	@testenv/wifilab/setup

check: lint ## static checks: modules, vet, format, lint
	go mod tidy -diff
	go vet ./...

unit: build bin/lab ## all tests, the laboratories' included
	go test -race -timeout 20m ./...

lint: $(LINT) $(GOFUMPT)
	@bad=$$($(GOFUMPT) -l .); if [ -n "$$bad" ]; then echo "gofumpt would change:"; echo "$$bad"; exit 1; fi
	$(LINT) run ./...

fmt: $(GOFUMPT) ## format all Go files
	$(GOFUMPT) -w .

docs: ## write the pictures of the panel anew, from the recording that comes with nmdebug
	go test ./cmd/nmdebug/cli -run Panel -update

fuzz: ## fuzz every decoder of foreign bytes for FUZZTIME each
	@set -e; for pkg in $$(go list ./...); do \
		for f in $$(go test -list '^Fuzz' $$pkg | grep '^Fuzz' || true); do \
			echo "$$pkg $$f"; go test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 20x $$pkg; done; done

bench: build setup bin/lab ## measure nmdebug against the tools that a user would run instead; prints ratios
	@testenv/wifilab/setup
	@go build -o bin/bench ./testenv/bench && bin/bench bin/nmdebug

clean: ## remove what was built
	rm -rf bin .cache

$(LINT):
	@mkdir -p $(TOOLS)
	GOBIN=$(TOOLS)/new GOFLAGS= go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
	@mv $(TOOLS)/new/golangci-lint $@

$(GOFUMPT):
	@mkdir -p $(TOOLS)
	GOBIN=$(TOOLS)/new GOFLAGS= go install mvdan.cc/gofumpt@v0.12.0
	@mv $(TOOLS)/new/gofumpt $@
