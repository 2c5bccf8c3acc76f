import { type Aval, type Shape, sizeOf } from '../../ir/aval.js'
import { type Costs, computing, isCheap, mostNodes, sizeOfExprs } from '../../ir/costs.js'
import { byteSize } from '../../ir/dtype.js'
import type { BufferId, Expr } from '../../ir/expr.js'
import { fromMemory, type Lineage, nameOf } from '../../ir/lineage.js'
import type { BufferSpec, Step } from '../../ir/program.js'
import { dense } from '../../ir/view.js'
import { isWhole, type Lazy, read, type Stored, shapeOf } from './lazy.js'

/** A program in the making. */
export class Draft {
  readonly buffers: BufferSpec[] = []
  readonly steps: Step[] = []
  readonly #copies = new Map<Lazy, Stored>()

  constructor(readonly costs: Costs) {}

  buffer(spec: BufferSpec): BufferId {
    this.buffers.push({ shape: spec.shape, dtype: spec.dtype })
    return this.buffers.length - 1
  }

  whole(buffer: BufferId, shape: Shape): Stored {
    const { dtype } = this.buffers[buffer]
    return { kind: 'view', buffer, view: dense(shape), fill: 0, dtype, lineage: fromMemory }
  }

  wholes(buffers: readonly BufferId[], avals: readonly Aval[]): readonly Stored[] {
    return buffers.map((b, i) => this.whole(b, avals[i].shape))
  }

  /** A kernel without a reduction: one output a value. */
  kernel(
    lineage: Lineage,
    outs: readonly BufferSpec[],
    values: readonly Expr[],
    why: string,
  ): readonly Stored[] {
    const buffers = outs.map((spec) => this.buffer(spec))
    const outputs = buffers.map((buffer, i) => ({ buffer, value: values[i], why }))
    this.steps.push({
      kind: 'kernel',
      name: nameOf(lineage),
      lineage,
      space: outs[0].shape,
      reduction: null,
      outputs,
    })
    return buffers.map((b, i) => this.whole(b, outs[i].shape))
  }

  /** The value written to a buffer of its own. */
  written(v: Lazy, why: string): Stored {
    return this.kernel(v.lineage, [{ shape: shapeOf(v), dtype: v.dtype }], [read(v)], why)[0]
  }

  /** The value in a buffer: the same one whenever it is asked for. */
  kept(v: Lazy, why: string): Stored {
    const known = this.#copies.get(v)
    if (known !== undefined) return known
    const stored = this.written(v, why)
    this.#copies.set(v, stored)
    return stored
  }

  /** The value from memory, if it was put there. */
  known(v: Lazy): Lazy {
    return this.#copies.get(v) ?? v
  }

  /** The value in memory: where it is, or else in a buffer of its own. */
  inMemory(v: Lazy, why: string): Stored {
    return v.kind === 'view' ? v : this.kept(v, why)
  }

  /** The value in a buffer that holds it densely, and nothing else. */
  whollyStored(v: Lazy, why: string): Stored {
    return v.kind === 'view' && isWhole(v, this.buffers[v.buffer]) ? v : this.kept(v, why)
  }

  whollyStoredAll(values: readonly Lazy[], why: string): readonly BufferId[] {
    return values.map((v) => this.whollyStored(v, why).buffer)
  }

  /**
   * The value, put in memory now if that is cheaper than to compute it at each of its `uses`, `repeats` times each; or if
   * it will be there anyway (`isStored`), and the others may as well read it.
   */
  settled(v: Lazy, uses: number, repeats = 1, isStored = false): Lazy {
    if (v.kind !== 'computed') return v
    const size = sizeOfExprs([v.value], this.costs.exponential)
    if (size.nodes > mostNodes) return this.kept(v, `an expression of ${size.nodes} nodes is long enough`)
    if (size.buffers.size > this.costs.inputs) return this.kept(v, `it reads ${size.buffers.size} arrays`)
    const points = sizeOf(v.shape)
    if (isStored && uses > 1 && computing(size, 1, this.costs) >= byteSize(v.dtype))
      return this.kept(v, 'one of its readers reads it from memory')
    if (uses * repeats <= 1 || isCheap(size, points, uses, points * uses * repeats, this.costs)) return v
    return this.kept(
      v,
      repeats > 1
        ? `cheaper than to compute ${size.flops} operations for each of ${repeats} repetitions`
        : `cheaper than to compute ${size.flops} operations in each of its ${uses} readers`,
    )
  }
}
