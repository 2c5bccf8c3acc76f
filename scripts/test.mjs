// `npm test`: the static checks, then vitest. Every step runs, even after one has failed; arguments go to vitest.
// The last line printed is `N passed, N failed, N skipped`; a static check counts as one.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Runs the command of an installed package, without npx in between. */
const run = (packageName, command, args, env = {}) => {
  const home = join(root, 'node_modules', packageName)
  const { bin } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
  const file = join(home, typeof bin === 'string' ? bin : bin[command])
  console.log(`\n> ${[command, ...args].join(' ')}`)
  const result = spawnSync(process.execPath, [file, ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
  })
  return result.status === 0
}

const checks = [
  ['@biomejs/biome', 'biome', ['check', '--error-on-warnings', '.']],
  ['typescript', 'tsc', ['--project', 'tsconfig.json']],
  ['typescript', 'tsc', ['--project', 'web/tsconfig.json']],
  ['dependency-cruiser', 'depcruise', ['src', 'jobs/src', 'web']],
  ['knip', 'knip', ['--no-progress', '--treat-config-hints-as-errors']],
]
const failedChecks = checks.filter(([packageName, command, args]) => !run(packageName, command, args))

const folder = mkdtempSync(join(tmpdir(), 'grad-ts-test-'))
const countsFile = join(folder, 'counts.json')
const reporters = ['--reporter=default', '--reporter=./scripts/countReporter.ts']
const vitestOk = run('vitest', 'vitest', ['run', ...reporters, ...process.argv.slice(2)], {
  TEST_COUNTS: countsFile,
})

const readCounts = () => {
  try {
    return JSON.parse(readFileSync(countsFile, 'utf8'))
  } catch {
    return { passed: 0, failed: 1, skipped: 0 }
  }
}
const counts = readCounts()
rmSync(folder, { recursive: true, force: true })

const unexplained = !vitestOk && counts.failed === 0 ? 1 : 0
const passed = counts.passed + checks.length - failedChecks.length
const failed = counts.failed + failedChecks.length + unexplained
console.log('')
for (const [, command, args] of failedChecks) console.log(`failed: ${[command, ...args].join(' ')}`)
if (unexplained > 0) console.log('failed: vitest ended with an error, although no test failed')
console.log(`${passed} passed, ${failed} failed, ${counts.skipped} skipped`)
process.exitCode = failed === 0 ? 0 : 1
