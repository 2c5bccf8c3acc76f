import { existsSync, readFileSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it, vi } from 'vitest'
import { temporaryFolders } from '../../../../test/io/temporaryFolder.js'
import type { TrainConfig } from '../../../src/images/run/trainConfig.js'
import { countingLearner } from './countingLearner.js'
import { tinyConfig, tracesOf, trainTiny } from './wholeRun.js'

/** How many more bytes the disk takes; what it has taken is not given back. */
const disk = vi.hoisted(() => ({ room: Number.POSITIVE_INFINITY }))

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>()
  /** A handle that writes what there is room for, and then says what the system says. */
  const within = (handle: FileHandle): FileHandle => {
    const write = handle.writeFile.bind(handle)
    handle.writeFile = async (data) => {
      if (!(data instanceof Uint8Array)) throw new Error('bytes were expected')
      const fits = Math.min(disk.room, data.length)
      disk.room -= fits
      await write(data.subarray(0, fits))
      if (fits < data.length)
        throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
    }
    return handle
  }
  return {
    ...real,
    open: async (...args: Parameters<typeof real.open>) => within(await real.open(...args)),
  }
})

describe('a disk that is full', () => {
  const newFolder = temporaryFolders()

  const config: TrainConfig = { ...tinyConfig, validation: 300, patience: 2 }
  /** Trains to the end, or to where there is no room. `cut`: the step or judgement in which somebody asks to stop. */
  const train = (run: string, resume: boolean, room: number, cut = Number.POSITIVE_INFINITY) => {
    disk.room = room
    const stop = new AbortController()
    let actions = 0
    const learner = countingLearner(() => {
      if (actions++ === cut) stop.abort()
    })
    return trainTiny(learner, { folder: run, config, resume, signal: stop.signal })
  }
  const stepOfCheckpoint = (run: string): number => {
    const path = join(run, 'checkpoint', 'manifest.json')
    return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).counters.step : -1
  }

  it('ends training with one line, the checkpoint from before stands, and a resumed run is as any other', async () => {
    const whole = newFolder()
    expect(await train(whole, false, Number.POSITIVE_INFINITY)).toMatchObject({ _tag: 'Right' })
    const expected = tracesOf(whole)
    const failedOn = new Set<string>()
    const attempts = fc.array(
      fc.record({ room: fc.integer({ min: 0, max: 60_000 }), cut: fc.oneof(fc.nat(14), fc.constant(99)) }),
      { minLength: 1, maxLength: 3 },
    )
    await fc.assert(
      fc.asyncProperty(attempts, async (attempts) => {
        const run = newFolder()
        for (const { room, cut } of attempts) {
          const before = stepOfCheckpoint(run)
          const outcome = await train(run, before >= 0, room, cut)
          if (E.isLeft(outcome)) {
            expect(outcome.left._tag).toBe('IoSystemError')
            expect(outcome.left.message).toMatch(
              /: cannot (write|append to) \(ENOSPC: no space left on device, write\)\. Check that .* room/,
            )
            expect(outcome.left.message).not.toMatch(/\n/)
            failedOn.add(outcome.left.message.replace(/: cannot.*/, '').replace(/^.*\/\d+\//, ''))
          }
          expect(stepOfCheckpoint(run)).toBeGreaterThanOrEqual(before)
        }
        const last = await train(run, stepOfCheckpoint(run) >= 0, Number.POSITIVE_INFINITY)
        expect(last).toMatchObject({ _tag: 'Right', right: { _tag: 'Finished' } })
        expect(tracesOf(run)).toEqual(expected)
      }),
      {
        numRuns: 15,
        // no room for the heads of logs; for these, but not for the first checkpoint
        examples: [[[{ room: 0, cut: 99 }]], [[{ room: 1000, cut: 99 }]]],
      },
    )
    // the property says something about each kind of file
    expect([...failedOn].some((file) => file.startsWith('checkpoint/'))).toBe(true)
    expect([...failedOn].some((file) => !file.startsWith('checkpoint/'))).toBe(true)
  }, 120_000)

  it('leaves nothing of an epoch’s figures that the checkpoint does not know, also where its judgement was put off', async () => {
    const whole = newFolder()
    await train(whole, false, Number.POSITIVE_INFINITY)
    const expected = tracesOf(whole)
    // four steps, then asked to stop while the first epoch is judged; afterwards every byte of room up to that epoch's end
    for (let room = 0; room < 2400; room += 300) {
      const run = newFolder()
      expect(await train(run, false, Number.POSITIVE_INFINITY, 4)).toMatchObject({
        right: { _tag: 'Interrupted', step: 4 },
      })
      await train(run, true, room)
      await train(run, true, Number.POSITIVE_INFINITY)
      expect(tracesOf(run)).toEqual(expected)
    }
  }, 120_000)
})
