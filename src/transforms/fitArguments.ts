import { flatten, type Leaf, requireSameTree, type TreeDef } from '../graph/pytree.js'
import type { Tensor } from '../graph/tensor.js'
import { type Aval, formatAval, sameShape } from '../ir/aval.js'
import { holdsKind, isInteger } from '../ir/dtype.js'
import { DTypeError, ShapeError } from '../ir/errors.js'
import { convert } from '../ops/elementwise/convert.js'
import { asType, kindOf, toTensor } from '../ops/elementwise/lift.js'

/** JS numbers stand for scalars of any type that is required. */
const numberAs = (leaf: Leaf, { dtype, weakType }: Aval): Tensor | null => {
  const kind = kindOf(leaf)
  const cut = isInteger(dtype) && kind === 'fraction'
  if (kind === null || dtype === 'bool' || cut || !holdsKind(dtype, kind)) return null
  return asType('number', leaf, dtype, weakType)
}

const fitLeaf = (name: string, leaf: Leaf, want: Aval, where: string): Tensor => {
  const t = numberAs(leaf, want) ?? toTensor(leaf)
  const required = `${name}: ${formatAval(want)} is required${where}, got ${formatAval(t.aval)}`
  if (!sameShape(t.shape, want.shape))
    throw new ShapeError(
      `${required}. It was traced for these shapes: use vmap for more axes, or trace again.`,
    )
  if (t.aval.dtype !== want.dtype) throw new DTypeError(`${required}. Convert with astype.`)
  return convert(t, want.dtype, want.weakType)
}

/** The leaves of a tree, which must have this structure, these shapes and these dtypes. */
export const fitTree = (
  name: string,
  def: TreeDef,
  avals: readonly Aval[],
  tree: unknown,
): readonly Tensor[] => {
  const flat = flatten(tree)
  requireSameTree(name, def, flat.def)
  return flat.leaves.map((leaf, i) =>
    fitLeaf(name, leaf, avals[i], flat.paths[i] === '' ? '' : ` at ${flat.paths[i]}`),
  )
}

/** The leaves of the arguments of a traced function, which must have its structure, shapes and dtypes. */
export const fitArguments = (
  name: string,
  def: TreeDef,
  avals: readonly Aval[],
  args: readonly unknown[],
): readonly Tensor[] => {
  const flat = flatten(args)
  requireSameTree(`${name}: arguments`, def, flat.def)
  return flat.leaves.map((leaf, i) =>
    fitLeaf(name, leaf, avals[i], ` as argument ${flat.paths[i].replace('.', ' at ')}`),
  )
}
