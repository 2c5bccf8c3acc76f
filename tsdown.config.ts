import { defineConfig } from 'tsdown'

/** Dependencies stay external, so that an application holds one copy of fp-ts and io-ts. */
export default defineConfig({
  entry: { index: 'src/index.ts', io: 'src/io.ts', cli: 'src/cli/main.ts' },
  format: 'esm',
  platform: 'node',
  target: 'node20',
  dts: true,
  sourcemap: true,
  clean: true,
  fixedExtension: false,
})
