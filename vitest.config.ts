import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** Tests of what a process has only one of: devices, engines and their memory, loaded backends, modules that are replaced; and of what is built. */
const alone = [
  'test/{backends,browser,laws,package}/**/*.test.ts',
  'jobs/test/{cli,*/command}/**/*.test.ts',
  'test/{core,docExamples}.test.ts',
  'test/graph/sourceSite.test.ts',
  'test/runs/fullDisk.test.ts',
  'test/compiler/compile.test.ts',
]

/**
 * Forks, not threads: native add-ons and thread pools get a process of their own. Loading the library takes longer than most tests, so
 * files share it with those that ran before in the process, but for the ones of `alone`. These run first, as their name comes first.
 */
export default defineConfig({
  resolve: {
    alias: [
      { find: /^grad-ts$/, replacement: at('./src/index.ts') },
      { find: /^grad-ts-jobs$/, replacement: at('./jobs/src/index.ts') },
      { find: /^grad-ts\/(\w+)$/, replacement: at('./src/$1.ts') },
    ],
  },
  test: {
    // what everything else is checked against; tests of other backends name them
    env: {
      GRAD_TS_BACKEND: process.env['GRAD_TS_BACKEND'] ?? 'reference',
      // GL in software compiles thousands of shaders, each of which runs for microseconds: LLVM is not to optimise them
      GALLIVM_PERF: 'nopt',
    },
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'alone',
          include: alone,
          globalSetup: ['test/buildFolder.ts'],
          setupFiles: ['test/loadReference.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'together',
          include: ['{test,jobs/test}/**/*.test.ts'],
          exclude: alone,
          isolate: false,
          setupFiles: ['test/restoreDefaults.ts'],
        },
      },
    ],
  },
})
