import type { UserConfig } from 'tsdown'

/**
 * For pages without a bundler: one file; beside it the gpu.js backends, which it loads when one is asked for, as these
 * do gpu.js.
 */
export const browserBundle = {
  entry: { 'grad-ts.browser': 'src/index.ts' },
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
  inputOptions: { preserveEntrySignatures: 'allow-extension' },
  outputOptions: { chunkFileNames: 'grad-ts.gpujs.js' },
} satisfies UserConfig
