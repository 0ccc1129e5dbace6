#!/bin/sh
# Succeeds only when the type-aware linter rejects the planted floating promise.
cd "$(dirname "$0")" || exit 2
out=$(oxlint --type-aware -c canary.json floating.ts 2>&1) && { echo "lint canary: the planted floating promise was not found"; exit 1; }
case $out in *no-floating-promises*) echo "lint canary: found, as it must be" ;; *) echo "$out"; exit 1 ;; esac
