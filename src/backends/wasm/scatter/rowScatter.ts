import { byteSize, type DType } from '../../../ir/dtype.js'
import type { Expr } from '../../../ir/expr.js'
import type { HostRoutine } from '../../../ir/program.js'
import type { FunctionBody } from '../assembler/functionBody.js'
import type { ModuleBuilder } from '../assembler/moduleBuilder.js'
import { copyMemory, i32, select } from '../assembler/scalars.js'
import type { Value } from '../assembler/value.js'
import type { Arena } from '../memory/arena.js'
import { functionsOf, moduleOver } from '../memory/memoryModule.js'
import { loadRegister, pointsPerRegister, storeRegister } from '../nest/elementAccess.js'
import { type SharedFunction, SharedModule, type ThreadPool } from '../threads/pool.js'
import { LaneCode, type Lanes } from '../vector/lanes.js'
import { operation } from '../vector/operation.js'
import { ScalarCalls } from '../vector/scalarCalls.js'
import type { WebAssemblyPlatform } from '../webAssembly.js'

type Combine = Extract<HostRoutine, { routine: 'scatter' }>['combine']

/** Words of a call's table: addresses of target, updates, result and the updates sorted by row, and the bytes of a row. */
export const tableWords = 6

/** A row of the target and of the result, and its updates: entries of the list of their places, which count from `updates`. */
type Row = readonly [
  x: Value<'i32'>,
  out: Value<'i32'>,
  bytes: Value<'i32'>,
  updates: Value<'i32'>,
  first: Value<'i32'>,
  beyond: Value<'i32'>,
]

/**
 * Combines a row with its updates, in their order: with all of them a few registers of neighbours, then the next. The last ones
 * may overlap those before, which makes the same numbers there again. Sums and products of float32 are in double precision until
 * they are stored.
 */
const combineRow = (
  body: FunctionBody,
  calls: ScalarCalls,
  fn: Exclude<Combine, 'set'>,
  own: DType,
  [x, out, bytes, updates, first, beyond]: Row,
): void => {
  const code = new LaneCode(body)
  const dtype = own === 'float32' && (fn === 'add' || fn === 'mul') ? 'float64' : own
  const isWide = dtype !== own
  const args = (['acc', 'elem'] as const).map((op): Expr => ({ op, slot: 0, dtype }))
  const per = pointsPerRegister(own)
  const load = (at: Value<'i32'>, width: number): Lanes => {
    const registers = Array.from({ length: (4 * width) / per }, (_, q) =>
      code.let(loadRegister(own, [at, q * per * byteSize(own)])),
    )
    const lanes = { isUniform: false, registers }
    return isWide ? code.promote(lanes) : lanes
  }
  const at = body.variable(i32.const(0))
  for (const width of [4, 1]) {
    const size = i32.const(4 * width * byteSize(own))
    const last = body.let(i32.sub(bytes, size))
    body.block((exit) =>
      body.loop((next) => {
        body.branch(exit, width > 1 ? i32.gtS(at, last) : i32.geU(at, bytes))
        body.set(at, select(i32.ltS(last, at), last, at))
        const registers = load(body.let(i32.add(x, at)), width).registers.map((v) => body.variable(v))
        const running = { isUniform: false, registers }
        const from = body.let(i32.add(updates, at))
        const entry = body.variable(first)
        body.loop((again) => {
          const update = load(body.let(i32.add(from, i32.load(entry))), width)
          const joined = operation(code, calls, { op: 'apply', fn, dtype, args }, [running, update])
          joined.registers.forEach((v, q) => {
            body.set(registers[q], v)
          })
          body.set(entry, i32.add(entry, i32.const(4)))
          body.branch(again, i32.ltU(entry, beyond))
        })
        const into = body.let(i32.add(out, at))
        ;(isWide ? code.demote(running) : running).registers.forEach((v, q) => {
          body.do(storeRegister(own, into, v, q * per * byteSize(own)))
        })
        body.set(at, i32.add(at, size))
        body.branch(next)
      }),
    )
  }
}

/** Rows `from … to − 1` of a result: those of the target, each combined with its updates. */
const writeRows = (module: ModuleBuilder, combine: Combine, dtype: DType): void => {
  module.procedure('rows', ['i32', 'i32', 'i32', 'i32'], (f, table, from, to) => {
    const calls = new ScalarCalls(module)
    const [x, updates, out, ends, places, bytes] = Array.from({ length: tableWords }, (_, i) =>
      f.let(i32.load(table, 4 * i)),
    )
    const word = (list: Value<'i32'>, at: Value<'i32'>): Value<'i32'> =>
      i32.add(list, i32.shl(at, i32.const(2)))
    const before = f.variable(i32.mul(from, bytes))
    f.do(copyMemory(i32.add(out, before), i32.add(x, before), i32.mul(i32.sub(to, from), bytes)))
    const end = f.variable(word(ends, from))
    const last = f.let(word(ends, to))
    f.loop((again) => {
      const first = f.let(word(places, i32.load(end)))
      f.set(end, i32.add(end, i32.const(4)))
      const beyond = f.let(word(places, i32.load(end)))
      f.if(i32.ltU(first, beyond), () => {
        const into = f.let(i32.add(out, before))
        if (combine === 'set')
          f.do(copyMemory(into, i32.add(updates, i32.load(i32.sub(beyond, i32.const(4)))), bytes))
        else
          combineRow(f, calls, combine, dtype, [
            f.let(i32.add(x, before)),
            into,
            bytes,
            updates,
            first,
            beyond,
          ])
      })
      f.set(before, i32.add(before, bytes))
      f.branch(again, i32.ltU(end, last))
    })
  })
}

/** Combines updates with the rows of the target that a table describes. */
export type ScatterRows = (
  combine: Combine,
  dtype: DType,
  table: number,
  rows: number,
  nanoseconds: number,
) => void

/** Scatters by a module for each way and type, which all programs share. */
export const rowScatter = (
  platform: WebAssemblyPlatform,
  arena: Arena,
  pool: ThreadPool | null,
): ScatterRows => {
  const made = new Map<string, SharedFunction>()
  const functionOf = (combine: Combine, dtype: DType): SharedFunction => {
    const module = moduleOver(arena)
    writeRows(module, combine, dtype)
    const bytes = module.toBytes()
    const call = functionsOf(platform, arena, bytes)['rows']
    return { module: new SharedModule(arena, bytes), index: 0, call }
  }
  return (combine, dtype, table, rows, nanoseconds) => {
    const key = combine + dtype
    const of = made.get(key) ?? functionOf(combine, dtype)
    made.set(key, of)
    if (pool === null || nanoseconds < pool.leastShared) of.call(table, 0, rows, 0)
    else pool.run({ functions: [{ of, table }], units: rows, nanoseconds, fineness: 4 })
  }
}
