import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** Forks, not threads: native add-ons and thread pools get a process of their own. */
export default defineConfig({
  resolve: {
    alias: [
      { find: /^grad-ts$/, replacement: at('./src/index.ts') },
      { find: /^grad-ts\/(\w+)$/, replacement: at('./src/$1.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/cli/buildFolder.ts'],
    setupFiles: ['test/loadReference.ts'],
    // what everything else is checked against; tests of other backends name them
    env: { GRAD_TS_BACKEND: process.env['GRAD_TS_BACKEND'] ?? 'reference' },
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
