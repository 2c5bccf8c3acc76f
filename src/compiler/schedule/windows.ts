import type { Eqn } from '../../graph/graph.js'
import type { Arrangement, Lowering, WindowSide } from '../../graph/lowering.js'
import type { Aval, Shape } from '../../ir/aval.js'
import { acc, constant, type Load } from '../../ir/expr.js'
import { nameOf } from '../../ir/lineage.js'
import { readAtPositions, staysInside } from '../../ir/view.js'
import type { Draft } from './draft.js'
import { type Lazy, load, madeOf, permutation, type Stored } from './lazy.js'
import { move, reshaped } from './movement.js'

/** The value read at positions of a nest; a buffer with another filling of its own is copied first. */
const readWindows = (
  draft: Draft,
  v: Lazy,
  nest: Shape,
  { positions, also }: WindowSide,
  fill: number,
): { readonly load: Load; readonly source: Lazy } => {
  const keeps = v.kind === 'view' && (v.view.guards.length === 0 || Object.is(v.fill, fill))
  const source = keeps ? v : draft.kept(v, 'windows are read from memory')
  return { load: { ...load(source, readAtPositions(source.view, nest, positions, also)), fill }, source }
}

export const reduceWindows = (
  draft: Draft,
  eqn: Eqn,
  args: readonly Lazy[],
  out: Aval,
  l: Extract<Lowering, { kind: 'reduceWindows' }>,
): Lazy => {
  const nest = [...l.space, ...l.extents]
  const sources = [...args]
  const element = l.element((i, positions, fill, also = []) => {
    const source = sources[i]
    if (source.kind === 'constant' && staysInside(source.shape, nest, positions, also))
      return constant(source.value, source.dtype)
    const read = readWindows(draft, source, nest, { positions, also }, fill)
    sources[i] = read.source
    return read.load
  })
  const lineage = madeOf(sources, eqn)
  const buffer = draft.buffer({ shape: l.space, dtype: out.dtype })
  const [value] = l.values(l.init.map(({ dtype }, slot) => acc(slot, dtype)))
  draft.steps.push({
    kind: 'kernel',
    name: nameOf(lineage),
    lineage,
    space: l.space,
    reduction: { extents: l.extents, init: l.init, element, combine: l.combine },
    outputs: [{ buffer, value, why: 'a reduction over windows ends here' }],
  })
  return arranged(draft, draft.whole(buffer, l.space), out.shape, l.result)
}

export const contractWindows = (
  draft: Draft,
  eqn: Eqn,
  args: readonly Lazy[],
  out: Aval,
  { operands: [x, y], batch, m, n, k, lhs, rhs, result }: Extract<Lowering, { kind: 'contractWindows' }>,
): Lazy => {
  const left = readWindows(draft, args[x], [...batch, ...m, ...k], lhs, 0)
  const right = readWindows(draft, args[y], [...batch, ...n, ...k], rhs, 0)
  const lineage = madeOf([left.source, right.source], eqn)
  const space = [...batch, ...m, ...n]
  const buffer = draft.buffer({ shape: space, dtype: out.dtype })
  draft.steps.push({
    kind: 'contract',
    name: nameOf(lineage),
    lineage,
    batch,
    m,
    n,
    k,
    lhs: left.load,
    rhs: right.load,
    outputs: [{ buffer, value: acc(0, out.dtype), why: 'a contraction ends here' }],
  })
  return arranged(draft, draft.whole(buffer, space), out.shape, result)
}

const arranged = (draft: Draft, v: Stored, out: Shape, { order, shape, start }: Arrangement): Lazy =>
  move(draft, reshaped(draft, move(draft, v, permutation(v.view.shape, order)), shape), {
    shape: out,
    axes: start.map((offset, axis) => ({ axis, offset, step: 1 })),
  })
