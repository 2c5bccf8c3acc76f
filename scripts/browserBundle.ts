import type { UserConfig } from 'tsdown'
import { entriesBesideTheCore } from './entries.js'

const root = 'src/index.ts'

/** The modules that the root needs, those it loads on demand left out; known once all are read. */
const core = new Set<string>()

const findCore = {
  name: 'find-core',
  buildEnd() {
    const visit = (id: string): void => {
      if (core.has(id)) return
      core.add(id)
      this.getModuleInfo(id)?.importedIds.forEach(visit)
    }
    for (const id of this.getModuleIds()) if (id.endsWith(`/${root}`)) visit(id)
  },
} satisfies NonNullable<UserConfig['plugins']>

/**
 * For pages without a bundler: the core, which every entry shares; beside it the reference and the gpu.js backends, which it
 * loads when one is asked for, as these do gpu.js.
 */
export const browserBundle = {
  name: 'browser',
  entry: {
    'grad-ts.browser': root,
    ...Object.fromEntries(entriesBesideTheCore.map((name) => [`grad-ts.${name}`, `src/${name}.ts`])),
  },
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  dts: false,
  minify: true,
  clean: false,
  // io-ts imports fp-ts's ES modules: the other build would be a second copy
  alias: { 'fp-ts/lib': 'fp-ts/es6' },
  deps: { alwaysBundle: [/^fp-ts/, /^io-ts/], onlyBundle: ['fp-ts', 'io-ts'], neverBundle: ['gpu.js'] },
  define: { process: 'undefined' },
  plugins: [findCore],
  inputOptions: { preserveEntrySignatures: 'allow-extension' },
  outputOptions: {
    chunkFileNames: 'grad-ts.[name].js',
    codeSplitting: {
      groups: [
        { name: 'core', test: (id) => core.has(id) || id.includes('rolldown/runtime') },
        { name: 'reference', test: /backends\/reference/ },
      ],
    },
  },
} satisfies UserConfig
