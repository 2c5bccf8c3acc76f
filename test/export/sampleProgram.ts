import { cond, customJvp, jit, nn, np, random, remat, scan, type Tensor, whileLoop } from '../../src/index.js'

/** A function with constants of every kind, loops, branches, calls, a custom rule and random numbers, and its arguments. */
const table = np.array([3, 2 ** 32 - 1, 2 ** 32 - 1], { dtype: 'uint32' })
const mask = np.array([true, false, true])
const fine = np.array([Math.PI, -0, 1e300], { dtype: 'float64' })
const scalarConstant = np.sin(np.array(1.5))
const key = random.key(7)

const cube = customJvp(
  (x: Tensor) => x.mul(x).mul(x),
  ([x], [dx]) => [x.mul(x).mul(x), x.mul(x).mul(dx).mul(3)],
)

export type Sample = {
  readonly params: { readonly w: Tensor; readonly b: null }
  readonly xs: readonly [Tensor]
}

export const sampleArguments = (): readonly [Sample, Tensor] => [
  { params: { w: np.array([0.5, -0.25, 2]), b: null }, xs: [np.array([1, 2, 3])] },
  np.array(2, { dtype: 'int32' }),
]

export const sample = jit(function sample({ params: { w }, xs: [x] }: Sample, n: Tensor) {
  const looped = scan(
    (c: Tensor, y: Tensor): [Tensor, Tensor] => [c.mul(y).add(scalarConstant), c],
    w,
    np.ones([2, 3]).mul(x),
  )
  const chosen = cond(
    n.greater(1),
    (y: Tensor) => np.where(mask, y, -0),
    (y: Tensor) => y.mul(Infinity),
    cube(x),
  )
  const whole = whileLoop(
    (y: Tensor) => y.less(1000),
    (y: Tensor) => y.mul(3),
    n,
  )
  const again = remat((y: Tensor) => np.tanh(nn.gelu(y)).add(np.where(y.greater(2), Number.NaN, y)))(x)
  return {
    looped,
    chosen,
    counts: [whole, table.add(1), null],
    fine: fine.mul(np.where(mask, x, -1).astype('float64')),
    again,
    noise: random.normal(key, [3]),
  }
})
