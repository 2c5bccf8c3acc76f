import { type Aval, aval, formatAval, sameShape } from '../graph/aval.js'
import { isFloat, storedValue } from '../graph/dtype.js'
import { DTypeError, ShapeError } from '../graph/errors.js'
import { flatten, type Leaf, requireSameTree, type TreeDef } from '../graph/pytree.js'
import { splat, type Tensor } from '../graph/tensor.js'
import { convert } from '../ops/convert.js'
import { toTensor } from '../ops/lift.js'

/** JS numbers stand for scalars of whatever type is asked for. */
const numberAs = (value: number, { dtype }: Aval): Tensor | null => {
  if (dtype === 'bool' || (!isFloat(dtype) && !Number.isInteger(value))) return null
  return splat(storedValue(dtype, value), aval([], dtype, true))
}

const fitLeaf = (name: string, leaf: Leaf, want: Aval, place: string): Tensor => {
  const t = (typeof leaf === 'number' ? numberAs(leaf, want) : null) ?? toTensor(leaf)
  const required = `${name}: ${formatAval(want)} is required${place}, got ${formatAval(t.aval)}`
  if (!sameShape(t.shape, want.shape))
    throw new ShapeError(
      `${required}. It was traced for these shapes: use vmap for more axes, or trace again.`,
    )
  if (t.dtype !== want.dtype) throw new DTypeError(`${required}. Convert with astype.`)
  return convert(t, want.dtype, want.weakType)
}

/** The leaves of a tree that has to be of this structure, and of these shapes and dtypes. */
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

/** The leaves of the arguments of a function that was traced: of its structure, shapes and dtypes. */
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
