import { writeFileSync } from 'node:fs'
import type { SerializedError } from 'vitest'
import type { Reporter, TestCase, TestModule } from 'vitest/node'

/**
 * Prints every skipped test with its reason, and writes `{ passed, failed, skipped }` to the file named by
 * `TEST_COUNTS`. A file that could not be loaded, and an error outside any test, count as one failure each.
 */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const count = (state: string): number => tests.filter((test) => test.result().state === state).length
    const brokenFiles = modules.reduce((n, module) => n + module.errors().length, 0)
    const brokenSuites = modules
      .flatMap((module) => [...module.children.allSuites()])
      .reduce((n, suite) => n + suite.errors().length, 0)
    const skipped = tests.filter((test) => test.result().state === 'skipped')
    for (const test of skipped) process.stdout.write(`skipped: ${nameOf(test)}: ${reasonOf(test)}\n`)
    const counts = {
      passed: count('passed'),
      failed: count('failed') + count('pending') + brokenFiles + brokenSuites + unhandled.length,
      skipped: skipped.length,
    }
    if (process.env.TEST_COUNTS !== undefined) writeFileSync(process.env.TEST_COUNTS, JSON.stringify(counts))
  }
}

const nameOf = (test: TestCase): string => `${test.module.relativeModuleId} > ${test.fullName}`

const reasonOf = (test: TestCase): string => {
  const result = test.result()
  return (result.state === 'skipped' ? result.note : undefined) ?? 'no reason given'
}
