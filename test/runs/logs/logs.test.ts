import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import { PNG } from 'pngjs'
import { describe, expect, it } from 'vitest'
import type { IoError } from '../../../src/formats/ioError.js'
import { decodeEvent } from '../../../src/formats/tensorBoardEvent.js'
import { decodeTfRecords } from '../../../src/formats/tfRecord.js'
import { openCsvLog } from '../../../src/runs/logs/csvLog.js'
import { openJsonLinesLog } from '../../../src/runs/logs/jsonLinesLog.js'
import type { LogRow } from '../../../src/runs/logs/logTable.js'
import type { LogWriter } from '../../../src/runs/logs/logWriter.js'
import {
  openTensorBoardLog,
  tableOnTensorBoard,
  tensorBoardFile,
} from '../../../src/runs/logs/tensorBoardLog.js'
import { temporaryFolder } from '../../io/temporaryFolder.js'

const folder = temporaryFolder()
const table = { key: 'step', columns: ['loss', 'note'] }

const done = async <A>(task: TE.TaskEither<IoError, A>): Promise<A> => {
  const result = await task()
  if (E.isLeft(result)) throw new Error(result.left.message)
  return result.right
}

const refusal = async <A>(task: TE.TaskEither<IoError, A>): Promise<string> => {
  const result = await task()
  if (E.isRight(result)) throw new Error('a refusal was expected')
  return result.left.message
}

type Open = (resumeAt?: number) => TE.TaskEither<IoError, LogWriter<LogRow>>

const csvPath = (): string => join(folder(), 'log.csv')
const jsonPath = (): string => join(folder(), 'log.jsonl')
const boardPath = (): string => join(folder(), tensorBoardFile)

const at = (resumeAt?: number) => (resumeAt === undefined ? {} : { resumeAt })
const openCsv: Open = (resumeAt) => openCsvLog({ path: csvPath(), table, ...at(resumeAt) })
const openJson: Open = (resumeAt) => openJsonLinesLog({ path: jsonPath(), table, ...at(resumeAt) })
const openBoardAt =
  (now: () => number): Open =>
  (resumeAt) =>
  async () => {
    const log = await openTensorBoardLog({ folder: folder(), now, ...at(resumeAt) })()
    return E.isLeft(log) ? log : E.right(tableOnTensorBoard(log.right, 'step'))
  }
const openBoard = openBoardAt(() => 1_700_000_000_000)

const writeAll = async (open: Open, rows: readonly LogRow[], resumeAt?: number): Promise<void> => {
  const log = await done(open(resumeAt))
  for (const row of rows) await done(log.write(row))
  await done(log.sync)
  await done(log.close)
}

const value = fc.oneof(
  fc.double(),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 1e21, 1e-7),
  fc.constant(null),
  fc.string({ unit: 'grapheme' }),
)
const steps = fc
  .array(fc.record({ loss: value, note: value }), { minLength: 1, maxLength: 6 })
  .map((rows) => rows.map((row, i): LogRow => ({ step: i + 1, ...row })))

const kinds: readonly (readonly [string, Open, () => string])[] = [
  ['CSV', openCsv, csvPath],
  ['JSON lines', openJson, jsonPath],
  ['TensorBoard', openBoard, boardPath],
]

describe.each(kinds)('a %s log', (_name, open, path) => {
  it('that was cut anywhere after the checkpoint, and resumed, is that of one run', async () => {
    await fc.assert(
      fc.asyncProperty(
        steps,
        fc.nat(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (rows, kept, part) => {
          await rm(path(), { force: true })
          const step = kept % (rows.length + 1)
          await writeAll(open, rows.slice(0, step))
          const least = (await readFile(path())).length
          await writeAll(open, rows)
          const whole = await readFile(path())
          await writeFile(path(), whole.subarray(0, least + Math.floor(part * (whole.length - least))))
          await writeAll(open, rows.slice(step), step)
          expect((await readFile(path())).equals(whole)).toBe(true)
        },
      ),
      { numRuns: 40 },
    )
  })

  it('begins anew for a new run, and when there was nothing to resume', async () => {
    const [first, second] = [
      { step: 1, loss: 1 },
      { step: 2, loss: 0.5 },
    ]
    await writeAll(open, [first], 7)
    const once = await readFile(path())
    await writeAll(open, [first, second])
    expect((await readFile(path())).length).toBeGreaterThan(once.length)
    await writeAll(open, [first])
    expect((await readFile(path())).equals(once)).toBe(true)
    await writeFile(path(), '')
    await writeAll(open, [first], 1)
    expect((await readFile(path())).equals(once)).toBe(true)
  })

  it('is on the disk after every row', async () => {
    const log = await done(open())
    await done(log.write({ step: 1, loss: 1 }))
    const first = await readFile(path())
    await done(log.write({ step: 2, loss: 1 }))
    const both = await readFile(path())
    expect(both.subarray(0, first.length).equals(first)).toBe(true)
    expect(both.length).toBeGreaterThan(first.length)
    await done(log.close)
  })
})

describe('openCsvLog', () => {
  it('writes a line a row, with the columns of its head', async () => {
    await writeAll(openCsv, [
      { step: 1, loss: 0.1, note: 'a, "b"' },
      { note: null, loss: Number.NaN, step: 2 },
      { step: 3 },
    ])
    expect(await readFile(csvPath(), 'utf8')).toBe('step,loss,note\n1,0.1,"a, ""b"""\n2,NaN,\n3,,\n')
  })

  it('refuses files of other columns, and rows that are none', async () => {
    await writeFile(csvPath(), 'step,loss\n1,2\n')
    expect(await refusal(openCsv(1))).toBe(
      `${csvPath()}: the head step, loss, note was required, got step, loss. Resume the run that wrote it, or move it away.`,
    )
    await writeFile(csvPath(), 'step,loss,note\n1,2,3\nx,2,3\n')
    expect(await refusal(openCsv(1))).toContain(
      'a row of step, loss, note, a whole number first, was required',
    )
    await writeFile(csvPath(), 'step,loss,note\n1,2\n')
    expect(await refusal(openCsv(1))).toContain('got "1,2"')
  })

  it('throws for what the caller got wrong', async () => {
    const log = await done(openCsv())
    expect(() => log.write({ step: 1, accuracy: 1 })).toThrow(
      'csvLog: the columns step, loss, note are fixed at the head, got accuracy.',
    )
    expect(() => log.write({ loss: 1 })).toThrow('csvLog: a whole number is required as step, got undefined.')
    await done(log.close)
    expect(() => openCsvLog({ path: csvPath(), table: { key: 'step', columns: ['a', 'a'] } })).toThrow(
      'csvLog: columns of different names are required, got a twice.',
    )
  })
})

describe('openJsonLinesLog', () => {
  it('writes an object a row, with all names in their order', async () => {
    await writeAll(openJson, [
      { loss: 0.1, step: 1, note: 'x' },
      { step: 2, loss: Number.NEGATIVE_INFINITY },
    ])
    expect(await readFile(jsonPath(), 'utf8')).toBe(
      '{"step":1,"loss":0.1,"note":"x"}\n{"step":2,"loss":"-Infinity","note":null}\n',
    )
  })

  it.each(['{"step":1}', '{"step":"1","loss":1,"note":null}', '[]', 'step'])('refuses %s', async (line) => {
    await writeFile(jsonPath(), `${line}\n`)
    expect(await refusal(openJson(1))).toContain('a line of step, loss, note was required')
  })
})

describe('openTensorBoardLog', () => {
  const events = async () => {
    const records = decodeTfRecords('f', await readFile(boardPath()))
    if (E.isLeft(records)) throw new Error(records.left.message)
    return records.right.records.map(({ data }) => {
      const event = decodeEvent('f', data)
      if (E.isLeft(event)) throw new Error(event.left.message)
      return event.right
    })
  }

  it('writes its version, then an event a row', async () => {
    let seconds = 0
    const log = await done(openTensorBoardLog({ folder: folder(), now: () => 1000 * ++seconds }))
    const png = PNG.sync.write(new PNG({ width: 5, height: 4 }))
    await done(log.write({ step: 3, scalars: { 'loss/train': 0.5 }, images: { mistakes: png } }))
    await done(log.close)
    expect(await events()).toEqual([
      { _tag: 'FileVersion', wallTime: 1, step: 0, version: 'brain.Event:2' },
      {
        _tag: 'Values',
        wallTime: 2,
        step: 3,
        values: [
          { _tag: 'Scalar', tag: 'loss/train', value: 0.5 },
          { _tag: 'Image', tag: 'mistakes', width: 5, height: 4, channels: 4, file: new Uint8Array(png) },
        ],
      },
    ])
  })

  it('keeps the times of the events that it keeps', async () => {
    const rows = [
      { step: 1, loss: 1 },
      { step: 2, loss: 1 },
      { step: 3, loss: 1 },
    ]
    await writeAll(
      openBoardAt(() => 1000),
      rows,
    )
    await writeAll(
      openBoardAt(() => 9000),
      [{ step: 3, loss: 2 }],
      2,
    )
    expect((await events()).map(({ wallTime, step }) => [step, wallTime])).toEqual([
      [0, 1],
      [1, 1],
      [2, 1],
      [3, 9],
    ])
  })

  it('refuses a file that is none of its own, and leaves it alone', async () => {
    await writeFile(boardPath(), 'hello, this is some other file')
    expect(await refusal(openBoard(1))).toContain('the check sum of the length of the record at byte 0')
    expect(await readFile(boardPath(), 'utf8')).toBe('hello, this is some other file')
  })

  it('throws for a picture that is none', async () => {
    const log = await done(openTensorBoardLog({ folder: folder(), now: () => 0 }))
    expect(() => log.write({ step: 1, images: { a: Uint8Array.of(1, 2) } })).toThrow(
      'pngHeader: the bytes of a PNG are required, got 2 bytes that begin with 1 2.',
    )
    await done(log.close)
  })
})
