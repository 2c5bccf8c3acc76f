import type { UserConfig } from 'tsdown'
import { entriesBesideTheCore, entriesOfNode } from './entries.js'
import { namespaceNames } from './namespaceNames.js'
import { pureCalls } from './pureCalls.js'

const entries = {
  index: 'src/index.ts',
  ...Object.fromEntries([...entriesBesideTheCore, ...entriesOfNode].map((name) => [name, `src/${name}.ts`])),
}

const common = {
  // Node's would have every entry import a module of it, which bundlers for pages refuse
  platform: 'neutral',
  // dependencies stay external, so that an application holds one copy of fp-ts and io-ts
  deps: { neverBundle: [/^node:/] },
  target: 'node20',
  fixedExtension: false,
} satisfies UserConfig

/** What the package exports, and its command line. Docs are in the types, and editors show them from there. */
export const packageBundle = {
  ...common,
  name: 'package',
  entry: { ...entries, cli: 'src/cli.ts' },
  format: 'esm',
  dts: true,
  clean: true,
  plugins: [pureCalls, namespaceNames],
  outputOptions: { comments: { jsdoc: false } },
} satisfies UserConfig

/** The same for what loads CommonJS alone: jest without its flag for modules, and Node before 20.19. */
export const commonJsBundle = {
  ...common,
  name: 'commonjs',
  entry: entries,
  format: 'cjs',
  dts: false,
  minify: true,
  clean: false,
} satisfies UserConfig
