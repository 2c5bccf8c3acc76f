import { spawn } from 'node:child_process'
import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { describe, expect, it } from 'vitest'
import { type FolderLock, lockFiles, lockFolder } from '../../src/io/folderLock.js'
import { holderHere, isRunning, type LockHolder, parseHolder, printHolder } from '../../src/io/lockHolder.js'
import { temporaryFolder } from './temporaryFolder.js'

const home = temporaryFolder()
const path = (): string => join(home(), lockFiles.holder)
const lock = () => lockFolder(home(), 'grad-ts train mnist-mlp')()
const locked = async (): Promise<FolderLock> => {
  const taken = await lock()
  if (E.isLeft(taken)) throw new Error(taken.left.message)
  return taken.right
}

/** A process that has just ended. */
const endedProcess = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
    child.on('error', reject)
    child.on('close', () => resolve(child.pid ?? -1))
  })

/** A lock as another process left it, with its last sign of life so many seconds ago. */
const leave = async (
  change: (here: LockHolder) => Partial<LockHolder> | Promise<Partial<LockHolder>>,
  secondsAgo = 0,
): Promise<void> => {
  const here = await holderHere('grad-ts train mnist-cnn')
  writeFileSync(path(), printHolder({ ...here, ...(await change(here)) }))
  const at = Date.now() / 1000 - secondsAgo
  utimesSync(path(), at, at)
}

describe('a lock', () => {
  it('is held by one, who is named to others, until it is released', async () => {
    const first = await locked()
    const refused = await lock()
    expect(E.isLeft(refused) && refused.left.message).toMatch(
      new RegExp(
        `a folder that no other process uses was required, got one in use by process ${process.pid} of ${hostname()} since \\d{4}-.* \\(grad-ts train mnist-mlp\\)`,
      ),
    )
    await first.release()
    expect(readdirSync(home())).toEqual([])
    await (await locked()).release()
  })

  it('is had by one of many who ask at once, whether it is free or was left behind', async () => {
    for (const leaveOne of [() => undefined, () => leave(() => ({ started: '1' }))]) {
      await leaveOne()
      const taken = await Promise.all(Array.from({ length: 12 }, () => lock()))
      const winners = taken.filter(E.isRight)
      expect(winners).toHaveLength(1)
      await winners[0].right.release()
    }
    expect(readdirSync(home())).toEqual([])
  })

  it('that another took over is not released by the first', async () => {
    const first = await locked()
    await leave(() => ({ command: 'another' }))
    const text = readFileSync(path(), 'utf8')
    await first.release()
    expect(readFileSync(path(), 'utf8')).toBe(text)
  })

  it('cannot be had where there is no folder', async () => {
    const refused = await lockFolder(join(home(), 'missing'), '')()
    expect(E.isLeft(refused) && refused.left).toMatchObject({
      _tag: 'IoSystemError',
      message: expect.stringMatching(/missing: cannot be locked \(ENOENT/),
    })
  })
})

describe('a lock that was left behind', () => {
  const elsewhere = () => ({ place: 'another boot pid:[1]' })
  it.each<
    readonly [string, (here: LockHolder) => Partial<LockHolder> | Promise<Partial<LockHolder>>, number]
  >([
    ['by a process that has ended', async () => ({ pid: await endedProcess() }), 0],
    ['by another process of our number, which began at another time', () => ({ started: '1' }), 0],
    ['on another boot, or in another container, a while ago', elsewhere, 120],
    ['on another machine, a while ago', () => ({ host: 'elsewhere' }), 120],
    ['where the system says no times, a while ago', () => ({ started: null }), 120],
  ])('%s, is taken over', async (_who, change, secondsAgo) => {
    await leave(change, secondsAgo)
    await (await locked()).release()
  })

  it('half written, a while ago, is taken over', async () => {
    writeFileSync(path(), '{"pid":')
    utimesSync(path(), 1e9, 1e9)
    await (await locked()).release()
  })

  it('by who was killed while looking, is taken over', async () => {
    writeFileSync(join(home(), lockFiles.looking), '')
    await (await locked()).release()
    expect(readdirSync(home())).toEqual([])
  })

  it.each<readonly [string, (here: LockHolder) => Partial<LockHolder>]>([
    ['in another container', elsewhere],
    ['on another machine', () => ({ host: 'elsewhere' })],
    ['where the system says no times', () => ({ started: null })],
  ])('%s, a moment ago, is not', async (_who, change) => {
    await leave(change, 5)
    expect(E.isLeft(await lock())).toBe(true)
  })

  it('half written, a moment ago, is not', async () => {
    writeFileSync(path(), '')
    const refused = await lock()
    expect(E.isLeft(refused) && refused.left.message).toContain('in use by another process')
  })

  it('by a process that runs, is not, however long it is silent', async () => {
    await leave(() => ({}), 10_000)
    expect(E.isLeft(await lock())).toBe(true)
  })
})

describe('who holds a lock', () => {
  it('reads back as it was written, and nothing else does', async () => {
    const here = await holderHere('grad-ts train')
    expect(parseHolder(printHolder(here))).toEqual(O.some(here))
    for (const text of ['', '{', '{}', '[]', printHolder(here).replace('"pid"', '"uid"')])
      expect(parseHolder(text)).toEqual(O.none)
  })

  it('runs while it does', async () => {
    const here = await holderHere('')
    expect(here.started).toMatch(process.platform === 'linux' ? /^\d+$/ : /^/)
    expect(O.getOrElse(() => true)(await isRunning(here))).toBe(true)
    expect(await isRunning({ ...here, pid: await endedProcess() })).toEqual(O.some(false))
  })
})
