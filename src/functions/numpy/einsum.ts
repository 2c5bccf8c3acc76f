import { describe } from '../../graph/describe.js'
import type { Tensor, TensorLike } from '../../graph/tensor.js'
import { formatAval } from '../../ir/aval.js'
import { ShapeError } from '../../ir/errors.js'
import { reshape } from '../../ops/movement/reshape.js'
import { contractPair, type Labelled, ordered, sumOut } from './contraction.js'
import { numbers } from './matmul.js'
import { diagonal } from './triangle.js'

const problem = (subscripts: string, requirement: string, got: string): ShapeError =>
  new ShapeError(`einsum: ${requirement} required, got ${got} in '${subscripts}'.`)

/** The labels of one operand; `...` has `.1`, `.2`, … counted from the last axis. */
const labelsOf = (subscripts: string, term: string, rank: number, got: string): readonly string[] => {
  const [head, tail, ...more] = term.split('...')
  if (more.length > 0 || !/^[A-Za-z]*$/.test(head + (tail ?? ''))) {
    throw problem(subscripts, "letters and at most one '...' are", `'${term}'`)
  }
  const named = head.length + (tail ?? '').length
  if (tail === undefined ? named !== rank : named > rank) {
    throw problem(
      subscripts,
      `${tail === undefined ? '' : 'at most '}one letter for each axis is`,
      `'${term}' for ${got}`,
    )
  }
  const dots =
    tail === undefined ? [] : Array.from({ length: rank - named }, (_, i) => `.${rank - named - i}`)
  return [...head, ...dots, ...(tail ?? '')]
}

/** The labels of the operands and of the result. */
const parse = (
  subscripts: string,
  xs: readonly Tensor[],
): { readonly inputs: readonly (readonly string[])[]; readonly output: readonly string[] } => {
  if (typeof subscripts !== 'string')
    throw new ShapeError(`einsum: subscripts are required first, got ${describe(subscripts)}.`)
  const [left, right, ...more] = subscripts.replaceAll(' ', '').split('->')
  const terms = left.split(',')
  if (more.length > 0 || terms.length !== xs.length) {
    throw problem(subscripts, `a term for each of ${xs.length} operands is`, `${terms.length}`)
  }
  const inputs = terms.map((t, i) => labelsOf(subscripts, t, xs[i].ndim, formatAval(xs[i].aval)))
  const all = inputs.flat()
  const dots = [...new Set(all.filter((l) => l.startsWith('.')))].sort(
    (a, b) => Number(b.slice(1)) - Number(a.slice(1)),
  )
  const once = [...new Set(all.filter((l) => !l.startsWith('.')))].filter(
    (l) => all.indexOf(l) === all.lastIndexOf(l),
  )
  if (right === undefined) return { inputs, output: [...dots, ...once.sort()] }
  const named = right.replace('...', '')
  const output = labelsOf(
    subscripts,
    right,
    named.length + (right.includes('...') ? dots.length : 0),
    'the result',
  )
  const wrong = output.find((l, i) => !all.includes(l) || output.indexOf(l) !== i)
  if (wrong !== undefined)
    throw problem(subscripts, 'letters of the operands, each once, are', `'${wrong}' in the result`)
  return { inputs, output }
}

/** The axes of every repeated label replaced by their diagonal. */
const withoutRepeats = (x: Labelled): Labelled => {
  const j = x.labels.findIndex((l, k) => x.labels.indexOf(l) !== k)
  if (j < 0) return x
  const i = x.labels.indexOf(x.labels[j])
  return withoutRepeats({
    tensor: diagonal(x.tensor, { axis1: i, axis2: j }),
    labels: [...x.labels.filter((_, k) => k !== i && k !== j), x.labels[j]],
  })
}

/** Sizes by label. Axes of `...` may have length one beside a larger size. */
const sizesOf = (subscripts: string, xs: readonly Labelled[]): ReadonlyMap<string, number> => {
  const sizes = new Map<string, number>()
  for (const { tensor, labels } of xs) {
    labels.forEach((label, i) => {
      const size = tensor.shape[i]
      const known = sizes.get(label)
      const stretches = label.startsWith('.') && (size === 1 || known === 1)
      if (known !== undefined && known !== size && !stretches) {
        throw problem(subscripts, 'one size for each letter is', `${known} and ${size} for '${label}'`)
      }
      sizes.set(label, known === undefined || known === 1 ? size : known)
    })
  }
  return sizes
}

/** x without the axes of length one that stretch to a larger size. */
const unstretched = (x: Labelled, sizes: ReadonlyMap<string, number>): Labelled => {
  const keep = x.labels.map((l, i) => x.tensor.shape[i] === sizes.get(l))
  return {
    tensor: reshape(
      x.tensor,
      x.tensor.shape.filter((_, i) => keep[i]),
    ),
    labels: x.labels.filter((_, i) => keep[i]),
  }
}

/** Contracts the pair with the smallest result, until one is left. */
const contractAll = (
  xs: readonly Labelled[],
  output: readonly string[],
  sizes: ReadonlyMap<string, number>,
): Labelled => {
  if (xs.length === 1) return xs[0]
  const neededBeside = (i: number, j: number) => {
    const others = new Set([...output, ...xs.flatMap((x, k) => (k === i || k === j ? [] : x.labels))])
    return (label: string) => others.has(label)
  }
  let best = { i: 0, j: 1, cost: Number.POSITIVE_INFINITY }
  xs.forEach((x, i) => {
    xs.slice(i + 1).forEach((y, k) => {
      const j = i + 1 + k
      const kept = [...new Set([...x.labels, ...y.labels])].filter(neededBeside(i, j))
      const cost = kept.reduce((n, l) => n * (sizes.get(l) ?? 1), 1)
      if (cost < best.cost) best = { i, j, cost }
    })
  })
  const { i, j } = best
  const pair = contractPair(xs[i], xs[j], neededBeside(i, j))
  return contractAll([...xs.filter((_, k) => k !== i && k !== j), pair], output, sizes)
}

/**
 * Sums of products by Einstein's convention: a letter names an axis, equal letters run together, and letters
 * that are not in the result are summed over. A letter twice in one term takes the diagonal; `...` stands for
 * leading axes that broadcast; without `->` the result has the letters that occur once, in alphabetical order.
 * Several operands are contracted in pairs, the one with the smallest result first.
 * @throws ShapeError on subscripts that do not fit
 * @example
 * ```ts
 * const m = np.array([[1, 2], [3, 4]])
 * np.einsum('ij,jk->ik', m, m) // => [[7, 10], [15, 22]]
 * np.einsum('ii', m) // => 5
 * np.einsum('ij->ji', m) // => [[1, 3], [2, 4]]
 * np.einsum('...i,...i', m, m) // => [5, 25]
 * ```
 */
export const einsum = (subscripts: string, ...operands: readonly TensorLike[]): Tensor => {
  if (operands.length === 0) throw problem(subscripts, 'at least one operand is', 'none')
  const xs = numbers('einsum', operands)
  const { inputs, output } = parse(subscripts, xs)
  const labelled = xs.map((tensor, i) => ({ tensor, labels: inputs[i] }))
  const sizes = sizesOf(subscripts, labelled)
  const stretched = labelled.map((x) => unstretched(withoutRepeats(x), sizes))
  const all = contractAll(stretched, output, sizes)
  return ordered(
    sumOut(all, (l) => output.includes(l)),
    output,
  )
}
