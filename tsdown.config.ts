import { defineConfig } from 'tsdown'
import { browserBundle } from './scripts/browserBundle.js'
import { entriesBesideTheCore } from './scripts/entries.js'

export default defineConfig([
  /** Dependencies stay external, so that an application holds one copy of fp-ts and io-ts. */
  {
    entry: {
      index: 'src/index.ts',
      ...Object.fromEntries([...entriesBesideTheCore, 'io'].map((name) => [name, `src/${name}.ts`])),
      cli: 'src/cli/main.ts',
    },
    format: 'esm',
    platform: 'node',
    target: 'node20',
    dts: true,
    sourcemap: true,
    clean: true,
    fixedExtension: false,
  },
  browserBundle,
])
