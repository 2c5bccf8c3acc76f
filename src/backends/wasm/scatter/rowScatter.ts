import { byteSize, type DType } from '../../../graph/dtype.js'
import type { Expr } from '../../../graph/kernel/expr.js'
import type { HostRoutine } from '../../../graph/kernel/program.js'
import type { FunctionBody } from '../assembler/functionBody.js'
import { type FunctionRef, ModuleBuilder } from '../assembler/moduleBuilder.js'
import { copyMemory, i32 } from '../assembler/scalars.js'
import type { Local, Value } from '../assembler/value.js'
import type { Arena } from '../memory/arena.js'
import {
  loadRegister,
  loadSplat,
  pointsPerRegister,
  storeLane,
  storeRegister,
} from '../nest/elementAccess.js'
import { type SharedFunction, SharedModule, type ThreadPool } from '../threads/pool.js'
import { LaneCode, type Lanes, uniform } from '../vector/lanes.js'
import { operation } from '../vector/operation.js'
import { ScalarCalls } from '../vector/scalarCalls.js'
import type { WebAssemblyPlatform } from '../webAssembly.js'

export type Combine = Extract<HostRoutine, { routine: 'scatter' }>['combine']

/** Words of a call's table: addresses of the target, the updates, the result, and of updates sorted by row; elements of a row. */
export const tableWords = ['x', 'updates', 'out', 'ends', 'places', 'columns'] as const

/** Groups of four neighbours of a row that are kept in registers together; 0: one element. */
const widths = [4, 1, 0] as const

/** A row's updates: entries of the list of their places, from the first to before the last, and what these are counted from. */
type RowUpdates = { readonly base: Value<'i32'>; readonly first: Value<'i32'>; readonly beyond: Value<'i32'> }

/** Writes how neighbours in a row are read, combined and written: sums and products of float32 in double precision. */
class RowCode {
  private readonly code: LaneCode
  private readonly calls: ScalarCalls
  private readonly wide: DType

  constructor(
    private readonly body: FunctionBody,
    module: ModuleBuilder,
    private readonly combine: Exclude<Combine, 'set'>,
    private readonly dtype: DType,
  ) {
    this.code = new LaneCode(body)
    this.calls = new ScalarCalls(module)
    this.wide = dtype === 'float32' && (combine === 'add' || combine === 'mul') ? 'float64' : dtype
  }

  private bytesBefore(register: number): number {
    return register * pointsPerRegister(this.dtype) * byteSize(this.dtype)
  }

  private load(address: Value<'i32'>, width: number): Lanes {
    const { code, dtype } = this
    const count = (4 * width) / pointsPerRegister(dtype)
    const registers = Array.from({ length: count }, (_, q) =>
      code.let(loadRegister(dtype, [address, this.bytesBefore(q)])),
    )
    const lanes =
      width === 0 ? uniform(code.let(loadSplat(dtype, [address, 0]))) : { isUniform: false, registers }
    return this.wide === dtype ? lanes : code.promote(lanes)
  }

  private store(address: Value<'i32'>, lanes: Lanes): void {
    const { body, dtype } = this
    const { isUniform, registers } = this.wide === dtype ? lanes : this.code.demote(lanes)
    if (isUniform) body.do(storeLane(dtype, address, registers[0], 0, 0))
    else
      registers.forEach((v, q) => {
        body.do(storeRegister(dtype, address, v, this.bytesBefore(q)))
      })
  }

  private joined(acc: Lanes, elem: Lanes): Lanes {
    const { code, calls, combine, wide } = this
    const args = (['acc', 'elem'] as const).map((op): Expr => ({ op, slot: 0, dtype: wide }))
    return operation(code, calls, { op: 'apply', fn: combine, dtype: wide, args }, [acc, elem])
  }

  /** Combines all updates of a row of so many columns with it. */
  row(into: Value<'i32'>, columns: Value<'i32'>, { base, first, beyond }: RowUpdates): void {
    const { body } = this
    const at = body.variable(into)
    const from = body.variable(base)
    const left = body.variable(columns)
    for (const width of widths) {
      const points = Math.max(1, 4 * width)
      body.block((exit) =>
        body.loop((again) => {
          body.branch(exit, i32.ltU(left, i32.const(points)))
          this.neighbours(at, from, first, beyond, width)
          const bytes = i32.const(points * byteSize(this.dtype))
          body.set(at, i32.add(at, bytes))
          body.set(from, i32.add(from, bytes))
          body.set(left, i32.sub(left, i32.const(points)))
          body.branch(again)
        }),
      )
    }
  }

  private neighbours(
    at: Value<'i32'>,
    from: Value<'i32'>,
    first: Value<'i32'>,
    beyond: Value<'i32'>,
    width: number,
  ): void {
    const { body } = this
    const { isUniform, registers } = this.load(at, width)
    const running = registers.map((v) => body.variable(v))
    const entry = body.variable(first)
    body.loop((again) => {
      const update = this.load(body.let(i32.add(from, i32.load(entry))), width)
      this.joined({ isUniform, registers: running }, update).registers.forEach((v, q) => {
        body.set(running[q], v)
      })
      body.set(entry, i32.add(entry, i32.const(4)))
      body.branch(again, i32.ltU(entry, beyond))
    })
    this.store(at, { isUniform, registers: running })
  }
}

/** Rows `from … to − 1` of a result: those of the target, each combined with its updates in their order. */
const writeRows = (module: ModuleBuilder, combine: Combine, dtype: DType): FunctionRef<null> =>
  module.procedure('rows', ['i32', 'i32', 'i32', 'i32'], (f, table, from, to) => {
    const word = (name: (typeof tableWords)[number]): Local<'i32'> =>
      f.let(i32.load(table, 4 * tableWords.indexOf(name)))
    const [updates, places, columns] = [word('updates'), word('places'), word('columns')]
    const rowBytes = f.let(i32.mul(columns, i32.const(byteSize(dtype))))
    const before = f.let(i32.mul(from, rowBytes))
    const into = f.variable(i32.add(word('out'), before))
    f.do(copyMemory(into, i32.add(word('x'), before), i32.mul(i32.sub(to, from), rowBytes)))
    const entriesOf = (row: Value<'i32'>): Value<'i32'> => i32.add(word('ends'), i32.shl(row, i32.const(2)))
    const end = f.variable(entriesOf(from))
    const last = f.let(entriesOf(to))
    const placeAt = (entry: Value<'i32'>): Local<'i32'> =>
      f.let(i32.add(places, i32.shl(entry, i32.const(2))))
    f.loop((again) => {
      const [first, beyond] = [placeAt(i32.load(end)), placeAt(i32.load(end, 4))]
      f.if(i32.ltU(first, beyond), () => {
        if (combine === 'set') {
          const update = i32.add(updates, i32.load(i32.sub(beyond, i32.const(4))))
          f.do(copyMemory(into, update, rowBytes))
        } else new RowCode(f, module, combine, dtype).row(into, columns, { base: updates, first, beyond })
      })
      f.set(into, i32.add(into, rowBytes))
      f.set(end, i32.add(end, i32.const(4)))
      f.branch(again, i32.ltU(end, last))
    })
  })

/** Combines updates with rows of a target, by a module for each way and type, which all programs share. */
export class RowScatter {
  private readonly made = new Map<string, SharedFunction>()

  constructor(
    private readonly platform: WebAssemblyPlatform,
    private readonly arena: Arena,
    private readonly pool: ThreadPool | null,
  ) {}

  private functionOf(combine: Combine, dtype: DType): SharedFunction {
    const key = `${combine} ${dtype}`
    const known = this.made.get(key)
    if (known !== undefined) return known
    const { platform, arena } = this
    const module = new ModuleBuilder({ module: 'engine', name: 'memory', ...arena.limits })
    const { index, name } = writeRows(module, combine, dtype)
    const bytes = module.toBytes()
    const { exports } = new platform.Instance(new platform.Module(bytes), {
      engine: { memory: arena.memory },
    })
    const made = { module: new SharedModule(arena, bytes), index, call: exports[name] }
    this.made.set(key, made)
    return made
  }

  /** All rows of the call that a table describes. */
  run(combine: Combine, dtype: DType, table: number, rows: number, nanoseconds: number): void {
    const { pool } = this
    const of = this.functionOf(combine, dtype)
    if (pool === null || nanoseconds < pool.leastShared) of.call(table, 0, rows, 0)
    else pool.run({ functions: [{ of, table }], units: rows, nanoseconds, fineness: 4 })
  }
}
