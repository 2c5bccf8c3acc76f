import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { type IoError, ioSystemError } from '../../../src/formats/ioError.js'
import { type LogWriter, logMonoid, mapRow } from '../../../src/runs/logs/logWriter.js'

/** What a log is: its name, and whether its disk is full. */
type Kind = { readonly name: string; readonly full: boolean }

/** A log that tells `seen` all that is asked of it. */
const witness = ({ name, full }: Kind, seen: string[]): LogWriter<number> => {
  const say = (what: string) => async (): Promise<E.Either<IoError, void>> => {
    await Promise.resolve()
    seen.push(`${name} ${what}`)
    return full ? E.left(ioSystemError(name, what, 'full', 'Make room.')) : E.right(undefined)
  }
  return { write: (row) => say(`write ${row}`), sync: say('sync'), close: say('close') }
}

const { empty, concat } = logMonoid<number>()
const kind: fc.Arbitrary<Kind> = fc.record({ name: fc.constantFrom('a', 'b', 'c'), full: fc.boolean() })

/** All that a log made of witnesses does and hands back. */
const behaviour = async (make: (seen: string[]) => LogWriter<number>) => {
  const seen: string[] = []
  const log = make(seen)
  const results = [await log.write(1)(), await log.write(2)(), await log.sync(), await log.close()]
  return { seen, results }
}

describe('logMonoid', () => {
  it('has an identity', async () => {
    await fc.assert(
      fc.asyncProperty(kind, async (a) => {
        const alone = await behaviour((seen) => witness(a, seen))
        expect(await behaviour((seen) => concat(empty, witness(a, seen)))).toEqual(alone)
        expect(await behaviour((seen) => concat(witness(a, seen), empty))).toEqual(alone)
      }),
    )
  })

  it('is associative', async () => {
    await fc.assert(
      fc.asyncProperty(kind, kind, kind, async (a, b, c) => {
        expect(
          await behaviour((seen) => concat(concat(witness(a, seen), witness(b, seen)), witness(c, seen))),
        ).toEqual(
          await behaviour((seen) => concat(witness(a, seen), concat(witness(b, seen), witness(c, seen)))),
        )
      }),
    )
  })

  it('writes to all, also where one fails, and hands the first failure back', async () => {
    const { seen, results } = await behaviour((s) =>
      concat(witness({ name: 'a', full: true }, s), witness({ name: 'b', full: false }, s)),
    )
    expect(seen).toEqual([
      'a write 1',
      'b write 1',
      'a write 2',
      'b write 2',
      'a sync',
      'b sync',
      'a close',
      'b close',
    ])
    expect(results.map((r) => E.isLeft(r) && r.left.message)).toEqual([
      'a: cannot write 1 (full). Make room.',
      'a: cannot write 2 (full). Make room.',
      'a: cannot sync (full). Make room.',
      'a: cannot close (full). Make room.',
    ])
  })
})

describe('mapRow', () => {
  it('writes what is selected', async () => {
    const seen: string[] = []
    const log = mapRow(
      witness({ name: 'a', full: false }, seen),
      (row: { readonly loss: number }) => row.loss,
    )
    await log.write({ loss: 7 })()
    expect(seen).toEqual(['a write 7'])
  })
})
