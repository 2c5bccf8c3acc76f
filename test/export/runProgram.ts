import { writeFileSync } from 'node:fs'
import { grad, loadBackend, np, type Tensor, tree } from '../../src/index.js'
import { loadProgram } from '../../src/io.js'
import { bitsOf } from './bits.js'

/** Knows of the program nothing but its file and its arguments; writes the bits of the results, and of a gradient. */
type Arguments = readonly [
  { readonly params: { readonly w: Tensor; readonly b: null }; readonly xs: readonly [Tensor] },
  Tensor,
]

// that of the tests
await loadBackend('reference')
const [path, output] = process.argv.slice(2)
const { call } = await loadProgram<Arguments, { readonly looped: readonly [Tensor, Tensor] }>(path)
const w = np.array([0.5, -0.25, 2])
const [x, n] = [np.array([1, 2, 3]), np.array(2, { dtype: 'int32' })]
const at = (weights: Tensor) => call({ params: { w: weights, b: null }, xs: [x] }, n)
const leaves = [...tree.leaves(at(w)), grad((v: Tensor) => at(v).looped[0].sum())(w)]
writeFileSync(output, JSON.stringify(leaves.map((leaf) => bitsOf(leaf as Tensor))))
