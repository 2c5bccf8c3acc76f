import { defineConfig } from 'vitest/config'

/** `npm run test:package`: the package with all bundlers and runtimes that it is meant for, which are installed for the time of the test. */
export default defineConfig({
  test: {
    include: ['test/package/{package.test,others}.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
