import { type Shape, sizeOf } from '../../ir/aval.js'
import type { BufferId, Expr, Load } from '../../ir/expr.js'
import { loadsOf } from '../../ir/nodes.js'
import { joinedAlike, type Kernel, type Reduction } from '../../ir/program.js'
import { Arguments, ExpressionSource } from './expressionSource.js'
import { type TextureSize, textureSize } from './layout.js'
import { alongInnerLoops, consecutivePoints, ownTexel, type Points, withInnerLoops } from './points.js'

/** The source of a kernel, its array arguments in order, and the number and size of its outputs. */
export type KernelSource = {
  readonly source: string
  readonly args: Arguments['used']
  readonly outputs: number
  readonly size: TextureSize
}

/** A function of the arguments that writes the values. */
export const functionSource = (
  args: Arguments,
  lines: readonly string[],
  values: readonly string[],
): string => {
  const last = values.length - 1
  const writes = values.map((v, i) => (i < last ? `out${i}(${v});` : `return ${v};`))
  return `function(${args.used.map((_, i) => `b${i}`).join(', ')}) {\n${[...lines, ...writes].join('\n')}\n}`
}

const noSlots = { acc: [], elem: [] }

/** Expressions at every point of a space; `acc`: those of a reduction's values, if there is one. */
export const mapSource = (space: Shape, values: readonly Expr[]): KernelSource => {
  const size = textureSize(sizeOf(space))
  const args = new Arguments()
  const printed = new ExpressionSource(consecutivePoints(space, ownTexel(size.width)), args, noSlots, 'v')
  const names = values.map((v) => printed.print(v))
  return { source: functionSource(args, printed.lines, names), args: args.used, outputs: values.length, size }
}

const counters = (extents: Shape): readonly string[] => extents.map((_, k) => `r${k}`)

const loops = (extents: Shape, names: readonly string[], body: readonly string[]): readonly string[] => [
  ...extents.map((extent, k) => `for (let ${names[k]} = 0; ${names[k]} < ${extent}; ${names[k]}++) {`),
  ...body,
  ...extents.map(() => '}'),
]

/** Statements that reduce the elements at a thread's points into `accs`, which begin as `starts`. */
const reducing = (
  reduction: Reduction,
  args: Arguments,
  starts: readonly string[],
  pointsOf: (counters: readonly string[]) => Points,
  extents: Shape,
): { readonly lines: readonly string[]; readonly accs: readonly string[] } => {
  const names = counters(extents)
  const accs = reduction.init.map((_, slot) => `acc${slot}`)
  const points = pointsOf(names)
  const element = new ExpressionSource(points, args, noSlots, 'e')
  const elems = reduction.element.map((e) => element.print(e))
  const joining = new ExpressionSource(points, args, { acc: accs, elem: elems }, 'j')
  const joined = reduction.combine.map((e) => joining.print(e))
  const assign = joined.map((name, slot) => `const n${slot} = ${name};`)
  const store = accs.map((name, slot) => `${name} = n${slot};`)
  return {
    accs,
    lines: [
      ...accs.map((name, slot) => `let ${name} = ${starts[slot]};`),
      ...loops(extents, names, [...element.lines, ...joining.lines, ...assign, ...store]),
    ],
  }
}

const initials = (
  reduction: Reduction,
  args: Arguments,
): { readonly lines: readonly string[]; readonly names: readonly string[] } => {
  const printed = new ExpressionSource(consecutivePoints([], '0'), args, noSlots, 'i')
  const names = reduction.init.map(({ value, dtype }) => printed.print({ op: 'const', dtype, value }))
  return { lines: printed.lines, names }
}

/** A reduction where every lane of a thread makes one output. */
export const reductionSource = (
  { space, outputs }: Pick<Kernel, 'space' | 'outputs'>,
  reduction: Reduction,
): KernelSource => {
  const size = textureSize(sizeOf(space))
  const args = new Arguments()
  const points = consecutivePoints(space, ownTexel(size.width))
  const start = initials(reduction, args)
  const { lines, accs } = reducing(
    reduction,
    args,
    start.names,
    (names) => withInnerLoops(points, reduction.extents, names),
    reduction.extents,
  )
  const printed = new ExpressionSource(points, args, { acc: accs, elem: [] }, 'v')
  const names = outputs.map((o) => printed.print(o.value))
  const source = functionSource(args, [...start.lines, ...lines, ...printed.lines], names)
  return { source, args: args.used, outputs: outputs.length, size }
}

/** Elements that a thread of the first stage reduces, about. */
const stretch = 256

/** Threads that a device is kept busy with. */
const threads = 16384

/** Parts of a row that one thread joins, at most; more are joined in groups first. */
const mostPieces = 16

/** The array that a stage's partial results are in, a slot each: an id of its own. */
type Partial = (stage: number, slot: number) => BufferId

/**
 * A reduction in stages: parts of rows, a lane each; where there are many parts, groups of them; then the lanes and
 * the parts that are left. Each stage's results are the arrays `partial` of the next. `null`: in one go.
 *
 * Rows along the last reduced axis are read four neighbours at a time. Elements do not join in their order: `combine`
 * is commutative.
 */
export const stagedReduction = (
  { space, outputs }: Kernel,
  reduction: Reduction,
  partial: Partial,
): readonly KernelSource[] | null => {
  const last = reduction.extents.length - 1
  const length = reduction.extents[last] ?? 0
  const total = sizeOf(reduction.extents)
  if (length % 4 !== 0 || length === 0 || total < 64) return null
  const axis = space.length + last
  const loads = loadsOf(reduction.element)
  const alongRows = loads.filter((l) => l.view.strides[axis] === 1).length
  if (alongRows === 0 || loads.some((l) => l.view.strides[axis] > 1)) return null
  const rows = sizeOf(space)
  // threads enough for the device, none with too little to do
  const wanted = Math.max(1, Math.min(Math.ceil(total / stretch), Math.ceil(threads / rows)))
  const splits = greatestDivisor(sizeOf(reduction.extents.slice(0, last)), wanted)
  const within = greatestDivisor(length / 4, wanted / splits)
  const stages = [partsSource(space, reduction, splits, within)]
  let pieces = splits * within
  const ofPieces = () => overParts(space, reduction, pieces, (slot) => partial(stages.length - 1, slot))
  while (pieces > mostPieces) {
    const groups = greatestDivisor(pieces, Math.ceil(pieces / 64))
    if (groups === 1) break
    stages.push(partsSource(space, ofPieces(), 1, groups))
    pieces = groups
  }
  return [...stages, reductionSource({ space, outputs }, ofPieces())]
}

const greatestDivisor = (n: number, most: number): number =>
  divisors(n)
    .filter((d) => d <= most)
    .at(-1) ?? 1

const divisors = (n: number): readonly number[] =>
  Array.from({ length: n }, (_, i) => i + 1).filter((d) => n % d === 0)

/** The stage that makes parts of rows: `splits` of the outer reduced axes, times `within` of the last one. */
const partsSource = (space: Shape, reduction: Reduction, splits: number, within: number): KernelSource => {
  const { extents } = reduction
  const last = extents.length - 1
  const outer = sizeOf(extents.slice(0, last))
  const pieces = splits * within
  const rows = sizeOf(space)
  const texels = rows * pieces
  const size = textureSize(4 * texels)
  const args = new Arguments()
  const start = initials(reduction, args)
  const texel = `(${ownTexel(size.width)})`
  const row = pieces === 1 ? texel : `idiv(${texel},${pieces})`
  const piece = pieces === 1 ? '0' : `imod(${texel},${pieces})`
  // the thread's part of the outer axes, and of the last one
  const outerStep = outer / splits
  const innerStep = extents[last] / 4 / within
  const outerAt = splits === 1 ? 'q0' : `idiv(${piece},${within})*${outerStep}+q0`
  const innerAt = within === 1 ? 'q1' : `imod(${piece},${within})*${innerStep}+q1`
  const names = [
    ...extents.slice(0, last).map((extent, k) => {
      const stride = sizeOf(extents.slice(k + 1, last))
      const quotient = stride === 1 ? `(${outerAt})` : `idiv(${outerAt},${stride})`
      return k === 0 ? quotient : `imod(${quotient},${extent})`
    }),
    `(${innerAt})`,
  ]
  const points = alongInnerLoops(space, row, extents, names)
  const element = new ExpressionSource(points, args, noSlots, 'e')
  const elems = reduction.element.map((e) => element.print(e))
  const accs = reduction.init.map((_, slot) => `acc${slot}`)
  const joining = new ExpressionSource(points, args, { acc: accs, elem: elems }, 'j')
  const joined = reduction.combine.map((e) => joining.print(e))
  const body = [
    ...element.lines,
    ...joining.lines,
    ...joined.map((name, slot) => `const n${slot} = ${name};`),
    ...accs.map((name, slot) => `${name} = n${slot};`),
  ]
  const lines = [
    ...start.lines,
    ...accs.map((name, slot) => `let ${name} = ${start.names[slot]};`),
    `for (let q0 = 0; q0 < ${outerStep}; q0++) {`,
    `for (let q1 = 0; q1 < ${innerStep}; q1++) {`,
    ...body,
    '}',
    '}',
  ]
  return { source: functionSource(args, lines, accs), args: args.used, outputs: accs.length, size }
}

/** The reduction of the lanes of parts, `pieces` texels a row. */
const overParts = (
  space: Shape,
  reduction: Reduction,
  pieces: number,
  partial: (slot: number) => BufferId,
): Reduction => {
  const strides = space.map((_, j) => sizeOf(space.slice(j + 1)) * pieces * 4)
  const element = reduction.init.map(
    ({ dtype }, slot): Load => ({
      op: 'load',
      dtype,
      buffer: partial(slot),
      view: { shape: [...space, pieces * 4], offset: 0, strides: [...strides, 1], guards: [] },
      fill: 0,
      dynamic: [],
    }),
  )
  return joinedAlike(reduction, [pieces * 4], element)
}
