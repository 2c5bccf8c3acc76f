import type { FileHandle } from 'node:fs/promises'
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it, vi } from 'vitest'
import { temporaryFolders } from '../io/temporaryFolder.js'
import { countingTask, right } from '../train/countingTask.js'
import { type Plan, resultOf, savedSteps, tracesOf, trainCounting } from './wholeRun.js'

/** How many more bytes the disk takes; what it has taken is not given back. */
const disk = vi.hoisted(() => ({ room: Number.POSITIVE_INFINITY }))

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>()
  /** A handle that writes what there is room for, and then says what the system says. */
  const within = (handle: FileHandle): FileHandle => {
    const write = handle.writeFile.bind(handle)
    handle.writeFile = async (data) => {
      if (typeof data !== 'string' && !(data instanceof Uint8Array)) throw new Error('bytes were expected')
      const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data
      const fits = Math.min(disk.room, bytes.length)
      disk.room -= fits
      await write(bytes.subarray(0, fits))
      if (fits < bytes.length)
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
  const plenty = 1e9

  const plan: Plan = { epochs: 3, validation: 'dataset', patience: 2 }
  /** Trains to the end, or to where there is no room. `cut`: the step or judgement in which somebody asks to stop. */
  const train = (folder: string, room: number, cut = Number.POSITIVE_INFINITY) => {
    disk.room = room
    const stop = new AbortController()
    let actions = 0
    const task = countingTask(() => {
      if (actions++ === cut) stop.abort()
    })
    return trainCounting(task, plan, { folder, resume: true, signal: stop.signal })
  }

  it('ends training with one line, the checkpoint from before stands, and a resumed run is as any other', async () => {
    const whole = newFolder()
    const result = resultOf(right(await train(whole, plenty)))
    const used = plenty - disk.room
    const expected = tracesOf(whole)
    const failedOn = new Set<string>()
    const attempts = fc.array(fc.record({ room: fc.nat(used), cut: fc.oneof(fc.nat(14), fc.constant(99)) }), {
      minLength: 1,
      maxLength: 3,
    })
    await fc.assert(
      fc.asyncProperty(attempts, async (attempts) => {
        const folder = newFolder()
        for (const { room, cut } of attempts) {
          const before = savedSteps(folder)
          const ended = await train(folder, room, cut)
          if (E.isLeft(ended)) {
            expect(ended.left._tag).toBe('IoSystemError')
            expect(ended.left.message).toMatch(
              /: cannot (write|append to|be locked) \(ENOSPC: no space left on device, write\)\. Check that .* (room|written)/,
            )
            expect(ended.left.message).not.toMatch(/\n/)
            failedOn.add(ended.left.message.replace(/: cannot.*/, '').replace(/^.*\/\d+\/?/, ''))
          }
          expect(savedSteps(folder)).toBeGreaterThanOrEqual(before)
        }
        expect(resultOf(right(await train(folder, plenty)))).toEqual(result)
        expect(tracesOf(folder)).toEqual(expected)
      }),
      {
        numRuns: 32,
        // from no room for the lock to none for the logs of the first steps
        examples: Array.from({ length: 16 }, (_, i) => [[{ room: 100 * i, cut: 99 }]]),
      },
    )
    // the property says something about each kind of file
    for (const kind of [/^checkpoint\//, /^(metrics|steps|tensorboard)/])
      expect([...failedOn].filter((file) => kind.test(file))).not.toEqual([])
  }, 120_000)

  it('leaves nothing of an epoch’s figures that the checkpoint does not know, also where its judgement was put off', async () => {
    const whole = newFolder()
    await train(whole, plenty)
    const expected = tracesOf(whole)
    // four steps, then asked to stop while the first epoch is judged; afterwards more and more room up to that epoch's end
    for (let room = 0; room < 3000; room += 200) {
      const folder = newFolder()
      expect(right(await train(folder, plenty, 4))).toMatchObject({ ending: 'interrupted' })
      expect(savedSteps(folder)).toBe(4)
      await train(folder, room)
      right(await train(folder, plenty))
      expect(tracesOf(folder)).toEqual(expected)
    }
  }, 120_000)
})
