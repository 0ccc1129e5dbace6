# Everything a developer runs. `make help` lists the targets; each does its own set-up.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# The locked Node of node_modules comes first: the host's may be too old to run TypeScript.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
NODE_STAMP := node_modules/.package-lock.json
RESULTS := dist/test-results
CONTAINER_TOOL ?= $(shell command -v docker || command -v podman)
VERSION = $(shell node -p 'require("./package.json").version')
# The name that the chart asks for.
IMAGE ?= $(shell sed -n 's/^  repository: //p' charts/qlik-operator/values.yaml):$(VERSION)
SCENE_FLAG = $(if $(SCENE),--scene=$(SCENE))
VITEST := vitest run --reporter=default --reporter=json

.PHONY: help
help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(NODE_STAMP): package.json package-lock.json
	@echo "Installing npm packages (once, from package-lock.json) ..."
	@npm ci --no-audit --no-fund --loglevel=error
	@touch $@

##@ Run
.PHONY: demo
demo: $(NODE_STAMP) ## The main job on real parts, then stop; exit code 0 only if all is as expected: SCENE=connection, catalogue, cap or rotation
	@node test/demo/demo.ts $(SCENE_FLAG)

.PHONY: dev
dev: $(NODE_STAMP) ## The same, and leave it running until Ctrl-C
	@node test/demo/demo.ts --stay $(SCENE_FLAG)

.PHONY: run
run: $(NODE_STAMP) ## The operator from source against $KUBECONFIG, on free ports; ARGS="--log-level=debug"
	@UV_THREADPOOL_SIZE=64 node src/main.ts --metrics-address=127.0.0.1:0 --health-address=127.0.0.1:0 --allow-local-targets=true --log-format=text $(ARGS)

.PHONY: chaos
chaos: $(NODE_STAMP) ## Replicas under faults and kills: MODE=checks or gate (both by default) SEED=… MINUTES=1 SERVERS=50
	@node test/controlplane/build.ts
	@node test/chaos/chaos.ts

.PHONY: kill-points
kill-points: $(NODE_STAMP) ## Operators on a simulated API server, killed before and after any request: SEED=… KILLS=10000, or LIFE=… to see one
	@node test/kill-points/kill-points.ts

##@ Build
.PHONY: control-plane
control-plane: $(NODE_STAMP) ## Build or find all seven control plane binaries; the last line is their folder
	@node test/controlplane/build.ts

.PHONY: build
build: $(NODE_STAMP) ## Bundle the operator into dist/
	@node deploy/bundle.ts

.PHONY: generate
generate: $(NODE_STAMP) ## Write crds/ from the schemas in src/api
	@node src/api/generate.ts
	@node deploy/chart-crds.ts

.PHONY: manifests
manifests: generate ## Make deploy/manifests from the chart (with the real Helm)
	@node deploy/manifests.ts

.PHONY: image
image: ## Build the container image: IMAGE=… (default: as the chart names it) BUILD_IMAGE=… RUNTIME_IMAGE=…
	@$(CONTAINER_TOOL) build --tag $(IMAGE) --build-arg VERSION=$(VERSION) --build-arg REVISION=$$(git rev-parse HEAD) --build-arg SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(if $(BUILD_IMAGE),--build-arg BUILD_IMAGE=$(BUILD_IMAGE)) $(if $(RUNTIME_IMAGE),--build-arg RUNTIME_IMAGE=$(RUNTIME_IMAGE)) .

.PHONY: image-test
image-test: $(NODE_STAMP) ## Build the image and run it as the chart would (about a minute; installs podman where it is missing)
	@node test/controlplane/build.ts etcd kube-apiserver kubectl helm
	@$(VITEST) --outputFile.json=$(CURDIR)/$(RESULTS)/image.json --config=test/image/vitest.config.ts

.PHONY: image-memory
image-memory: $(NODE_STAMP) ## What the container takes with many servers, for resources in values.yaml: SERVERS=1000 INTERVAL=60 LIMIT=256 (about 5 minutes)
	@node test/controlplane/build.ts etcd kube-apiserver kubectl helm
	@node test/image/measure.ts

##@ Check
.PHONY: unit
unit: $(NODE_STAMP) ## Fast tests (under a minute)
	@$(VITEST) --outputFile.json=$(RESULTS)/unit.json --project=unit

.PHONY: test
test: $(NODE_STAMP) ## Everything that must hold: unit and integration tests, then the benchmarks' own and a smoke test
	@node test/controlplane/build.ts
	@$(VITEST) --outputFile.json=$(RESULTS)/all.json --project=unit --project=integration
	@$(MAKE) --no-print-directory bench-peer
	@$(MAKE) --no-print-directory bench-smoke

.PHONY: model
model: $(NODE_STAMP) ## Explore the gate exhaustively, and without each of its rules (about two minutes of one core)
	@$(VITEST) --outputFile.json=$(RESULTS)/model.json --project=model

.PHONY: mutants
mutants: $(NODE_STAMP) ## Plant a bug at a time, and expect the tests to notice (about three minutes): ONLY="part of a name"
	@node test/controlplane/build.ts etcd kube-apiserver kubectl helm
	@node test/mutants/run.ts $(if $(ONLY),"$(ONLY)")

.PHONY: bench
bench: $(NODE_STAMP) ## The operator beside its Go peer, on two cores: SCENARIO=idle,boot,steady,restart,catalogue,gate BENCH_RUNS=1 (about 25 minutes)
	@node test/controlplane/build.ts etcd kube-apiserver kubectl
	@node test/bench/bench.ts

.PHONY: bench-smoke
bench-smoke: $(NODE_STAMP) ## The same on a small scale, in a minute; fails when a ratio has doubled: KEEP=1 keeps the new ones
	@node test/controlplane/build.ts etcd kube-apiserver kubectl
	@node test/bench/smoke.ts $(if $(KEEP),--keep)

.PHONY: bench-peer
bench-peer: $(NODE_STAMP) ## Tests of the benchmarks, among them the proof that the Go peer does the same work as the operator
	@node test/controlplane/build.ts etcd kube-apiserver kubectl helm
	@$(VITEST) --outputFile.json=$(RESULTS)/bench.json --project=bench

.PHONY: bench-profile
bench-profile: $(NODE_STAMP) ## What the operator's main thread is busy with in boot and steady (about two minutes)
	@node test/controlplane/build.ts etcd kube-apiserver kubectl
	@node test/bench/profile/profile.ts

.PHONY: lint
lint: $(NODE_STAMP) ## Lint with type information, and prove that the linter still has it
	@oxlint --type-aware .
	@sh test/lint-canary/run.sh

.PHONY: format
format: $(NODE_STAMP) ## Format all sources
	@oxfmt .

.PHONY: types
types: $(NODE_STAMP) ## Type check
	@tsc -p .

.PHONY: verify
verify: generate format lint types ## Regenerate, format, lint, check types, then fail on a dirty tree
	@test -z "$$(git status --porcelain)" || { echo "The tree is dirty; commit these:"; git status --short; git --no-pager diff --stat; exit 1; }
