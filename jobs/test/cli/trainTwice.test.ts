import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { lockFiles } from '../../../src/io/folderLock.js'
import { build, commandFile } from '../../../test/builtPackages.js'
import { filesBelow, gradTs, startGradTs, stopAt } from './commandLine.js'
import { expectRefusal } from './refusal.js'
import { tracesOf } from './runTraces.js'

const training = ['train', 'mnist-mlp', '--epochs', '2', '--limit', '3000', '--test-limit', '50']

let home = ''
let whole = ''

beforeAll(async () => {
  await build()
  home = mkdtempSync(join(tmpdir(), 'grad-ts-twice-'))
  whole = join(home, 'whole')
  expect((await gradTs(...training, '--out', whole)).code).toBe(0)
}, 240_000)

afterAll(() => rmSync(home, { recursive: true, force: true }))

/** Starts a training, lets others try the same folder while it stands still, and then go on. */
const whileTraining = async (
  run: string,
  args: readonly string[],
  others: readonly (readonly string[])[],
): Promise<void> => {
  const first = startGradTs(...args, '--out', run)
  const { pid } = first.process
  const lock = join(run, lockFiles.holder)
  while (!(existsSync(lock) && readFileSync(lock, 'utf8').includes(`"pid":${pid},`))) {
    if (first.process.exitCode !== null) throw new Error((await first.ended).stderr)
    await setTimeout(2)
  }
  first.process.kill('SIGSTOP')
  const inUse = new RegExp(
    `^--out: .*a folder that no other process uses was required, got one in use by process ${pid} .*grad-ts train mnist-mlp`,
  )
  try {
    const refused = await Promise.all(others.map((other) => gradTs(...other, '--out', run)))
    for (const ended of refused) expectRefusal(ended, 2, inUse)
  } finally {
    first.process.kill('SIGCONT')
  }
  expect((await first.ended).code).toBe(0)
  expect(tracesOf(run)).toEqual(tracesOf(whole))
  expect(Object.keys(filesBelow(run))).toEqual(Object.keys(filesBelow(whole)))
}

const resuming = ['train', 'mnist-mlp', '--resume']

it('others in the folder of a run that trains are refused, and it is as if it had been alone', () =>
  whileTraining(join(home, 'run'), training, [training, resuming]))

it('of two that go on with a killed run at once, one does, to the same result', async () => {
  const run = join(home, 'killed')
  await stopAt(run, 20, 'SIGKILL', [...training, '--checkpoint-every', '4'])
  expect(existsSync(join(run, lockFiles.holder))).toBe(true)
  await whileTraining(run, resuming, [resuming])
})

it('a training ends well though nobody reads what it prints any more', () => {
  const run = join(home, 'unread')
  const small = ['train', 'mnist-mlp', '--epochs', '1', '--limit', '64', '--test-limit', '10', '--out', run]
  const { status } = spawnSync('bash', [
    '-c',
    'set -o pipefail; "$@" 2>&1 | true',
    'bash',
    process.execPath,
    commandFile(),
    ...small,
  ])
  expect(status).toBe(0)
  expect(existsSync(join(run, 'report.json'))).toBe(true)
  expect(existsSync(join(run, lockFiles.holder))).toBe(false)
})

it('SIGINT before the first step leaves no folder behind', async () => {
  const run = join(home, 'stopped/run')
  const { process: training, ended } = startGradTs('train', 'mnist-mlp', '--epochs', '1', '--out', run)
  const over = ended.then(() => true)
  while (!existsSync(run)) if (await Promise.race([over, setTimeout(2, false)])) break
  training.kill('SIGINT')
  const { code, stdout } = await ended
  expect(code).toBe(130)
  // on a machine that is busy, steps may have been done by then
  expect(stdout).toMatch(/stopped before the first step: nothing is kept|stopped after [1-9]/)
  expect(existsSync(join(home, 'stopped'))).toBe(stdout.includes('go on with'))
})

it('a start that fails leaves no folder behind', async () => {
  const run = join(home, 'a/b')
  const { code } = await gradTs(...training, '--validation', '3000', '--out', run)
  expect(code).toBe(2)
  const { code: missing } = await gradTs(...training, '--data', join(home, 'no/such'), '--out', run)
  expect(missing).toBe(1)
  expect(existsSync(join(home, 'a'))).toBe(false)
})
