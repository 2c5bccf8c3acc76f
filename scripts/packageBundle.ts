import type { UserConfig } from 'tsdown'
import { entriesBesideTheCore } from './entries.js'

/** What the package exports, and its command line. Dependencies stay external, so that an application holds one copy of fp-ts and io-ts. */
export const packageBundle = {
  entry: {
    index: 'src/index.ts',
    ...Object.fromEntries([...entriesBesideTheCore, 'io', 'testing'].map((name) => [name, `src/${name}.ts`])),
    cli: 'src/cli.ts',
  },
  format: 'esm',
  // Node's would have every entry import a module of it, which bundlers for pages refuse
  platform: 'neutral',
  deps: { neverBundle: [/^node:/] },
  target: 'node20',
  dts: true,
  sourcemap: true,
  clean: true,
  fixedExtension: false,
} satisfies UserConfig
