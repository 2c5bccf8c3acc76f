import type { Tensor } from '../../src/index.js'

type GradTs = typeof import('../../src/index.js')

// biome-ignore lint/suspicious/noExplicitAny: functions of any number of tensors, each called with its own arguments
type AnyFunction = (...args: any[]) => Tensor

export type Comparison = {
  readonly f: AnyFunction
  readonly args: readonly Tensor[]
  /** Of 1 + the element's magnitude. */
  readonly tolerance: number
}

/** Functions, to be compared on two backends. Runs in a page, and imports nothing: `g` is what the page has loaded. */
export const comparisons = (g: GradTs): Readonly<Record<string, Comparison>> => {
  const { np, nn, random, grad, scan, whileLoop, cond, vmap } = g
  const [inf, nan] = [Number.POSITIVE_INFINITY, Number.NaN]
  const normal = (shape: readonly number[], seed = 0) => random.normal(random.key(seed), [...shape])
  const ints = (values: readonly number[]) => np.array([...values], { dtype: 'int32' })
  const values = np.array([
    ...[0, 1e-6, 1e-3, 0.1, 0.3, 0.5, 0.9, 1, 1.5, 2, 3, 5, 9, 20, 50, 88, 1e4, 1e5, inf],
    ...[-1e-6, -0.1, -0.5, -0.9, -1, -2, -3.5, -20, -1e4, -inf, nan],
  ])
  const floats = np.array([0, 0.5, 1, 2.5, 3, inf, -0.5, -1, -1.5, -2, -inf, nan])
  const model = nn.sequential(nn.linear(6, 16), np.tanh, nn.linear(16, 3))
  const { params } = model.init(random.key(1))
  const convolution = (x: Tensor, w: Tensor) => nn.functional.conv2d(x, w, { padding: 'SAME' })
  const step = (c: Tensor, x: Tensor) => [np.tanh(c.add(x)), c.mul(x)] as const
  const unary = (
    ['exp', 'expm1', 'log', 'log1p', 'sin', 'cos', 'atan', 'asin', 'tanh', 'sinh', 'cosh', 'asinh'] as const
  ).map((name): [string, Comparison] => [name, { f: (x) => np[name](x), args: [values], tolerance: 4e-6 }])
  const more = (['cbrt', 'erf', 'erfc', 'sqrt', 'floor', 'round', 'sign', 'abs'] as const).map(
    (name): [string, Comparison] => [name, { f: (x) => np[name](x), args: [values], tolerance: 4e-6 }],
  )
  const named: Readonly<
    Record<string, readonly [f: AnyFunction, args: readonly Tensor[], tolerance?: number]>
  > = {
    'extrema with NaN': [(x: Tensor) => np.maximum(x, 1).add(np.minimum(x, -1)), [floats]],
    'the maximum of an array with NaN': [(x: Tensor) => x.max(), [floats]],
    'where, to infinities and NaN': [
      (x: Tensor) => np.where(x.greater(2), inf, np.where(x.less(-2), nan, x)),
      [floats],
    ],
    'NaN is not NaN': [(x: Tensor) => np.notEqual(x, x).astype('int32'), [floats]],
    'bools of floats': [(x: Tensor) => np.logicalAnd(x.greater(0), x.less(2)), [floats]],
    'powers of negative numbers': [
      (x: Tensor) => np.power(np.array([-2, -3, 0, -4, -1]), x),
      [np.array([3, 2, 0, -1, 0.5])],
    ],
    softmax: [(x: Tensor) => nn.softmax(x), [normal([33, 50])]],
    'a sum of three stages': [(x: Tensor) => x.sum(), [normal([300, 1001])], 1e-4],
    'an index of a maximum': [(x: Tensor) => np.argmax(x), [normal([5000])]],
    'a matrix product': [
      (a: Tensor, b: Tensor) => np.matmul(a, b),
      [normal([33, 70]), normal([70, 21], 1)],
      1e-5,
    ],
    'a long contraction': [
      (a: Tensor, b: Tensor) => np.matmul(a, b),
      [normal([2, 5000]), normal([5000, 3], 1)],
      1e-5,
    ],
    'a convolution': [convolution, [normal([2, 3, 9, 9]), normal([4, 3, 3, 3], 1)], 1e-5],
    'the gradient of a convolution': [
      grad((x: Tensor, w: Tensor) => convolution(x, w).pow(2).sum(), { argnums: 1 }),
      [normal([2, 3, 9, 9]), normal([4, 3, 3, 3], 1)],
      1e-5,
    ],
    'the gradient of a network': [
      (x: Tensor) =>
        grad((p: typeof params) => nn.softmaxCrossEntropy(model.call(p, x), ints([0, 1, 2, 1])).mean())(
          params,
        )[0].weight,
      [normal([4, 6])],
      1e-5,
    ],
    'a mapped function': [vmap((x: Tensor) => nn.softmax(x).mul(x).sum()), [normal([7, 12])]],
    'what a scan stacks': [(xs: Tensor) => scan(step, np.zeros([5]), xs)[1], [normal([6, 5])]],
    'the gradient of a scan': [
      grad((xs: Tensor) => scan(step, np.zeros([5]), xs)[0].sum()),
      [normal([6, 5])],
      1e-5,
    ],
    'a loop that a value ends': [
      (x: Tensor) =>
        whileLoop(
          (v: Tensor) => v.sum().less(100),
          (v: Tensor) => v.mul(2),
          x,
        ),
      [np.array([1, 2, 3])],
    ],
    'a branch': [
      (x: Tensor) =>
        cond(
          x.sum().greater(0),
          (y: Tensor) => y.mul(2),
          (y: Tensor) => y.sub(1),
          x,
        ),
      [np.array([1, 2, 3])],
    ],
    'rows by their indices': [
      (x: Tensor, i: Tensor) => np.take(x, i, 0).mul(2),
      [normal([10, 4]), ints([3, -1, 9, 0])],
    ],
    'axes in another order': [
      (x: Tensor) => x.reshape([7, 31, 17]).transpose([2, 0, 1]).mul(2),
      [np.arange(7 * 31 * 17).astype('float32')],
    ],
    'integers beyond 2^24': [(x: Tensor) => x.add(1), [ints([2 ** 24 + 1, 2 ** 30 + 3])]],
    'random numbers': [() => random.normal(random.key(3), [9]), []],
    'a sorted array': [(x: Tensor) => np.sort(x).add(1), [normal([50])]],
    'more arrays than a kernel takes': [
      (...xs: readonly Tensor[]) => xs.reduce((a, b) => a.add(b)),
      Array.from({ length: 20 }, (_, i) => np.full([5], i)),
    ],
  }
  return {
    ...Object.fromEntries([...unary, ...more]),
    ...Object.fromEntries(
      Object.entries(named).map(([name, [f, args, tolerance = 1e-6]]) => [name, { f, args, tolerance }]),
    ),
  }
}

/** Of each function what differs on a backend from the reference; nothing where all is the same. */
export const differences = async (g: GradTs, backend: string): Promise<readonly string[]> => {
  await g.loadBackend(backend)
  const found: string[] = []
  for (const [name, { f, args, tolerance }] of Object.entries(comparisons(g))) {
    const want = await g
      .jit(f)(...args)
      .data()
    const got = await g
      .jit(f, { backend })(...args)
      .data()
    if (got.length !== want.length) found.push(`${name}: ${got.length} elements, not ${want.length}`)
    want.forEach((w, i) => {
      const isSame = Number.isFinite(w)
        ? Math.abs(got[i] - w) <= tolerance * (1 + Math.abs(w))
        : Object.is(got[i], w)
      if (!isSame) found.push(`${name}, element ${i}: ${got[i]}, not ${w}`)
    })
  }
  return found
}
