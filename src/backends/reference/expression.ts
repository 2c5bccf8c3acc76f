import { sizeOf } from '../../ir/aval.js'
import { allocate, type DType, type TypedArray } from '../../ir/dtype.js'
import { internal } from '../../ir/errors.js'
import type { BufferId, Expr, Load } from '../../ir/expr.js'
import { operands, operandsFirst } from '../../ir/nodes.js'
import { affine, isContiguous, type Traversal } from './affine.js'
import { type ElementLoop, elementLoop } from './elementLoops.js'
import { blockSize, emptyLane, type Lane, laneOf, release } from './lane.js'
import { affineFiller, dynamicFiller, indexFiller } from './loads.js'
import { rotationLoop, rotationOf } from './rotation.js'

type Buffers = readonly TypedArray[]

/** Expressions compiled for evaluation in blocks of consecutive points of a traversal. */
export type BlockProgram = {
  /** Evaluates the points `start … start + count − 1`; `count ≤ blockSize`. */
  readonly run: (buffers: Buffers, start: number, count: number) => void
  /** Where the values of the last block are, a lane an expression. */
  readonly results: readonly Lane[]
  /** Forgets the buffers of the last run. */
  readonly release: () => void
}

/** The lanes behind `acc` and `elem` nodes, by slot. */
export type Slots = { readonly acc: readonly Lane[]; readonly elem: readonly Lane[] }

export const noSlots: Slots = { acc: [], elem: [] }

type Instruction = (buffers: Buffers, start: number, count: number) => void

/** The nodes whose values a node's own instruction reads. */
const operandsOf = (expr: Expr): readonly Expr[] => {
  const rotation = rotationOf(expr)
  return rotation ? [rotation.operand] : operands(expr)
}

const loopFor = (expr: Extract<Expr, { op: 'apply' }>): ElementLoop => {
  const rotation = rotationOf(expr)
  if (rotation) return rotationLoop(rotation.places)
  const operand = expr.args[expr.fn === 'select' ? 1 : 0]
  return elementLoop(expr.fn, expr.args.length, operand.dtype, expr.dtype)
}

/** Arrays of a block's length for intermediates, used again once the last reader has run. */
class Scratch {
  readonly #unused = new Map<DType, TypedArray[]>()

  readonly #length: number

  constructor(length: number) {
    this.#length = length
  }

  take(dtype: DType): TypedArray {
    return this.#unused.get(dtype)?.pop() ?? allocate(dtype, this.#length)
  }

  giveBack(dtype: DType, array: TypedArray): void {
    const free = this.#unused.get(dtype)
    if (free) free.push(array)
    else this.#unused.set(dtype, [array])
  }
}

/** Compiles one set of expressions; see `compileBlocks`. */
class BlockCompiler {
  readonly instructions: Instruction[] = []
  /** Lanes whose storage is set by each run. */
  readonly references: { readonly lane: Lane; readonly dtype: DType }[] = []
  readonly #lanes = new Map<Expr, Lane>()
  /** Nodes whose values are in scratch. */
  readonly #inScratch = new Set<Expr>()
  /** Nodes that are computed where their target is. */
  readonly #atTarget = new Set<Expr>()
  /** How many operands still to be compiled each node is; infinite for roots. */
  readonly #readers = new Map<Expr, number>()
  readonly #scratch: Scratch

  readonly #roots: readonly Expr[]
  readonly #points: Traversal
  readonly #slots: Slots
  readonly #targets: readonly BufferId[]

  constructor(roots: readonly Expr[], points: Traversal, slots: Slots, targets: readonly BufferId[]) {
    this.#roots = roots
    this.#points = points
    this.#slots = slots
    this.#targets = targets

    this.#scratch = new Scratch(Math.min(blockSize, sizeOf(points.extents)))
    const order = operandsFirst(roots, operandsOf)
    for (const expr of order)
      for (const o of operandsOf(expr)) this.#readers.set(o, (this.#readers.get(o) ?? 0) + 1)
    for (const root of roots) this.#readers.set(root, Number.POSITIVE_INFINITY)
    for (const expr of order) this.#compile(expr)
    roots.forEach((root, k) => {
      this.#deliver(root, k)
    })
  }

  lane(expr: Expr): Lane {
    const found = this.#lanes.get(expr)
    if (!found) throw internal(`expression: ${expr.op} is read before it is computed.`)
    return found
  }

  #reference(expr: Expr): Lane {
    const lane = emptyLane(expr.dtype)
    this.references.push({ lane, dtype: expr.dtype })
    this.#lanes.set(expr, lane)
    return lane
  }

  /**
   * The lane that a node computes into: its target, or scratch. The latter may be that of an operand that
   * nobody else reads, since loops read a point before they write it.
   */
  #destination(expr: Expr): Lane {
    for (const o of operandsOf(expr)) {
      const left = (this.#readers.get(o) ?? 0) - 1
      this.#readers.set(o, left)
      if (left === 0 && this.#inScratch.has(o)) this.#scratch.giveBack(o.dtype, this.lane(o).data)
    }
    const target = this.#targets[this.#roots.indexOf(expr)]
    if (target !== undefined) {
      this.#atTarget.add(expr)
      const lane = this.#reference(expr)
      this.instructions.push((buffers, start) => {
        lane.data = buffers[target]
        lane.at = start
      })
      return lane
    }
    const lane = laneOf(this.#scratch.take(expr.dtype))
    this.#inScratch.add(expr)
    this.#lanes.set(expr, lane)
    return lane
  }

  #compile(expr: Expr): void {
    switch (expr.op) {
      case 'const': {
        const out = this.#destination(expr)
        this.instructions.push((_, __, count) => {
          out.data.fill(expr.value, out.at, out.at + count)
        })
        return
      }
      case 'index': {
        const fill = indexFiller(this.#points, expr.axis)
        const out = this.#destination(expr)
        this.instructions.push((_, start, count) => fill(start, count, out.data, out.at))
        return
      }
      case 'load':
        this.#compileLoad(expr)
        return
      case 'apply': {
        const [first, second = first, third = second] = operandsOf(expr)
        const [a, b, c] = [this.lane(first), this.lane(second), this.lane(third)]
        const loop = loopFor(expr)
        const out = this.#destination(expr)
        this.instructions.push((_, __, count) => loop(count, out, a, b, c))
        return
      }
      case 'acc':
      case 'elem':
        this.#lanes.set(expr, this.#slots[expr.op][expr.slot])
    }
  }

  #compileLoad(load: Load): void {
    const view = affine(load.view, this.#points)
    if (load.dynamic.length === 0 && isContiguous(view)) {
      const lane = this.#reference(load)
      this.instructions.push((buffers, start) => {
        lane.data = buffers[load.buffer]
        lane.at = view.offset + start
      })
      return
    }
    const indices = load.dynamic.map((d) => this.lane(d.index))
    const fill = indices.length === 0 ? affineFiller(view, load.fill) : dynamicFiller(view, load, indices)
    const out = this.#destination(load)
    this.instructions.push((buffers, start, count) =>
      fill(buffers[load.buffer], start, count, out.data, out.at),
    )
  }

  /** Copies a root's values to its target, where it was not computed there. */
  #deliver(root: Expr, k: number): void {
    const target = this.#targets[k]
    if (target === undefined || (this.#atTarget.has(root) && this.#roots.indexOf(root) === k)) return
    const from = this.lane(root)
    this.instructions.push((buffers, start, count) => {
      buffers[target].set(from.data.subarray(from.at, from.at + count), start)
    })
  }
}

/**
 * Compiles expressions over a traversal's points to a list of loops over blocks, one or none a node.
 * With `targets`, the values of expression k are stored in buffer `targets[k]`, each at its point's number.
 */
export const compileBlocks = (
  roots: readonly Expr[],
  points: Traversal,
  slots: Slots = noSlots,
  targets: readonly BufferId[] = [],
): BlockProgram => {
  const compiler = new BlockCompiler(roots, points, slots, targets)
  const { instructions, references } = compiler
  return {
    run: (buffers, start, count) => {
      for (let k = 0; k < instructions.length; k++) instructions[k](buffers, start, count)
    },
    results: roots.map((root) => compiler.lane(root)),
    release: () => {
      for (const { lane, dtype } of references) release(lane, dtype)
    },
  }
}
