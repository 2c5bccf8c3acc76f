import type { UserConfig } from 'tsdown'

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
} satisfies UserConfig
