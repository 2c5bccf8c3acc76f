import { fileURLToPath } from 'node:url'
import type { UserConfig } from 'tsdown'

/** Sources of the library begin by wiring its backends; `package.json` says so of what is built alone. */
const wiredSources = {
  name: 'wired-sources',
  resolveId: (name) => {
    const [library, entry = 'index'] = name.split('/')
    return library === 'grad-ts'
      ? { id: fileURLToPath(new URL(`../src/${entry}.ts`, import.meta.url)), moduleSideEffects: true }
      : null
  },
} satisfies NonNullable<UserConfig['plugins']>

/** The package grad-ts-jobs: its command line, and what a program of one's own may import. */
export const jobsBundle = {
  name: 'jobs',
  entry: { index: 'jobs/src/index.ts', cli: 'jobs/src/main.ts' },
  outDir: 'jobs/dist',
  format: 'esm',
  platform: 'node',
  target: 'node20',
  deps: {
    neverBundle: [
      /^grad-ts/,
      /^@observablehq/,
      'cli-progress',
      'commander',
      /^csv-parse/,
      /^fp-ts/,
      'io-ts',
      'linkedom',
      'pngjs',
    ],
  },
  dts: true,
  sourcemap: true,
  clean: true,
  fixedExtension: false,
  plugins: [wiredSources],
} satisfies UserConfig
