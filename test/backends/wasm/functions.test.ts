import { describe, expect, it } from 'vitest'
import { reference } from '../../../src/backends/reference/index.js'
import { hasVectors, wasmBackend } from '../../../src/backends/wasm/index.js'
import { webAssembly } from '../../../src/backends/wasm/webAssembly.js'
import type { Backend } from '../../../src/ir/backend.js'
import { allocate, type DType, dtypes, type TypedArray } from '../../../src/ir/dtype.js'
import { apply, type Load, type ScalarOp } from '../../../src/ir/expr.js'
import { scalarOp } from '../../../src/ir/scalar.js'
import { binary, scalarFunctions, ternary, unary } from '../../../src/ir/scalarFunctions.js'
import { erf, erfc } from '../../../src/ir/special/erf.js'
import { erfInv } from '../../../src/ir/special/erfInv.js'
import { dense } from '../../../src/ir/view.js'
import { kernel } from '../agreement.js'

const platform = webAssembly
if (!hasVectors(platform))
  throw new Error('the tests of the WebAssembly engine need WebAssembly with vectors')
const backend = wasmBackend(platform)

type Row = (typeof scalarFunctions)['abs']

/** Functions that no backend knows, by the number of their operands. */
const unheardOf: readonly Readonly<Record<string, Row>>[] = [
  {
    doubled: {
      float: (x) => 2 * x,
      int32: (x) => (2 * x) | 0,
      uint32: (x) => (2 * x) >>> 0,
      bool: (x) => x,
    },
    isOdd: { any: (x) => (Math.abs(x) % 2 === 1 ? 1 : 0), gives: 'bool' },
  },
  {
    hypot: { float: (a, b) => Math.hypot(a, b), slow: true },
    implies: { bool: (a, b) => (1 - a) | b },
    isMultiple: { any: (a, b) => (a % b === 0 ? 1 : 0), gives: 'bool' },
  },
  { clamped: { any: (x, low, high) => Math.min(Math.max(x, low), high), exact: true } },
]

// files of this folder have a process of their own, so no other test sees these
const table: Readonly<Record<string, Row>> = Object.assign(scalarFunctions, ...unheardOf)

/** A function on a backend: at each point of its operands, or `size` times at their first. */
const valuesOn = (
  { compile, upload, downloadSync, free }: Backend,
  fn: ScalarOp,
  operands: readonly { readonly dtype: DType; readonly data: TypedArray }[],
  size = 0,
): TypedArray => {
  const count = size === 0 ? operands[0].data.length : size
  const view = size === 0 ? dense([count]) : { ...dense([count]), strides: [0] }
  const args = operands.map(
    ({ dtype }, buffer): Load => ({ op: 'load', dtype, buffer, view, fill: 0, dynamic: [] }),
  )
  const value = fn === 'select' ? apply(fn, args, args[1].dtype) : apply(fn, args)
  const output = operands.length
  const step = kernel({ space: [count], reduction: null, outputs: [{ buffer: output, value }] })
  const program = {
    buffers: [
      ...operands.map(({ dtype, data }) => ({ shape: [data.length], dtype })),
      { shape: [count], dtype: value.dtype },
    ],
    inputs: operands.map((_, i) => i),
    steps: [step],
    outputs: [output],
  }
  const handles = operands.map(({ data }) => upload(data))
  const [out] = compile(program).run(
    handles,
    handles.map(() => true),
  )
  const result = downloadSync(out)
  free(out)
  return result
}

/** A function of float32 at given points. */
const evaluate = (fn: ScalarOp, ...operands: readonly Float32Array[]): Float32Array =>
  valuesOn(
    backend,
    fn,
    operands.map((data) => ({ dtype: 'float32', data })),
  ) as Float32Array

/** Float32s as integers of their order; both zeros are 0. */
const rank = (x: number): number => {
  const bits = new Int32Array(new Float32Array([x]).buffer)[0]
  return bits < 0 ? -(bits & 0x7fffffff) : bits
}

/** How many float32s a result is from the one that is nearest to a number; infinite where only one is NaN, or is −0. */
const ulps = (got: number, exact: number): number => {
  const nearest = Math.fround(exact)
  if (Object.is(got, nearest)) return 0
  if (Number.isNaN(got) || Number.isNaN(nearest) || got === nearest) return Number.POSITIVE_INFINITY
  return Math.abs(rank(got) - rank(nearest))
}

const special = [
  0,
  -0,
  1,
  -1,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  2 ** -149,
  -(2 ** -149),
  2 ** -126,
  -(2 ** -126),
  3e-39,
  -3e-39,
  3.4028234663852886e38,
  -3.4028234663852886e38,
]

/** Numbers of both signs whose magnitudes are spread over their exponents, up to a bound, and edge values. */
const spread = (bound: number, count = 200_000): Float32Array => {
  const bits = new Uint32Array(new Float32Array([bound]).buffer)[0]
  const points = new Uint32Array(2 * count)
  for (let i = 0; i < count; i++) {
    points[2 * i] = Math.floor((i / count) * bits)
    points[2 * i + 1] = points[2 * i] | 0x80000000
  }
  return concatenated(Float32Array.from(special), new Float32Array(points.buffer))
}

/** Evenly spread numbers, among which those of great exponents are many. */
const even = (from: number, to: number, count = 200_000): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => from + ((to - from) * i) / count)

const concatenated = (...parts: readonly Float32Array[]): Float32Array => {
  const all = new Float32Array(parts.reduce((n, p) => n + p.length, 0))
  let at = 0
  for (const p of parts) {
    all.set(p, at)
    at += p.length
  }
  return all
}

const worst = (
  got: Float32Array,
  exact: (i: number) => number,
): { readonly error: number; readonly at: number } => {
  let [error, at] = [0, -1]
  got.forEach((g, i) => {
    const e = ulps(g, exact(i))
    if (e > error) [error, at] = [e, i]
  })
  return { error, at }
}

const sigmoid = (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)))

const cases: readonly {
  readonly fn: ScalarOp
  readonly of: (x: number) => number
  readonly points: () => Float32Array
  readonly bar: number
}[] = [
  { fn: 'exp', of: Math.exp, points: () => concatenated(spread(200), even(-110, 92)), bar: 1 },
  { fn: 'log', of: Math.log, points: () => concatenated(spread(3.4e38), even(0.5, 2)), bar: 1 },
  { fn: 'tanh', of: Math.tanh, points: () => concatenated(spread(3e38), even(-10, 10)), bar: 2 },
  { fn: 'sigmoid', of: sigmoid, points: () => concatenated(spread(3e38), even(-105, 105)), bar: 2 },
  { fn: 'erfc', of: erfc, points: () => concatenated(spread(3e38), even(-5, 11)), bar: 1 },
  { fn: 'erfInv', of: erfInv, points: () => concatenated(spread(1.5), even(-1, 1), even(0.99, 1)), bar: 1 },
  { fn: 'erf', of: erf, points: () => concatenated(spread(3e38), even(-5, 5)), bar: 2 },
  {
    fn: 'sin',
    of: Math.sin,
    points: () => concatenated(spread(3e38), even(-(2 ** 17), 2 ** 17), even(-10, 10)),
    bar: 1,
  },
  {
    fn: 'cos',
    of: Math.cos,
    points: () => concatenated(spread(3e38), even(-(2 ** 17), 2 ** 17), even(-10, 10)),
    bar: 1,
  },
  { fn: 'tan', of: Math.tan, points: () => concatenated(spread(1e6), even(-10, 10)), bar: 2 },
  { fn: 'log1p', of: Math.log1p, points: () => concatenated(spread(3e38), even(-1, 2)), bar: 1 },
  { fn: 'expm1', of: Math.expm1, points: () => concatenated(spread(200), even(-20, 90)), bar: 1 },
  { fn: 'rsqrt', of: (x) => 1 / Math.sqrt(x), points: () => spread(3e38), bar: 1 },
  { fn: 'cbrt', of: Math.cbrt, points: () => spread(3e38, 2000), bar: 0 },
]

describe('functions of float32 in vectors', () => {
  it.each(cases)('$fn, within $bar ULP', ({ fn, of, points, bar }) => {
    const x = points()
    const found = worst(evaluate(fn, x), (i) => of(x[i]))
    expect(found.error, `${fn}(${x[found.at]})`).toBeLessThanOrEqual(bar)
  })

  it.each(['exp', 'sigmoid'] as const)(
    '%s, of ordinary numbers among themselves, among others, and alone: the same bits',
    (fn) => {
      const x = concatenated(even(-87, 87, 40_000), spread(87, 20_000), even(-87, -86.5, 20_000))
      const wanted = evaluate(
        fn,
        x.map((v) => (Math.abs(v) <= 87 ? v : 0)),
      )
      for (const other of [Number.NaN, 200, -200, Number.NEGATIVE_INFINITY]) {
        const mixed = Float32Array.from({ length: 2 * x.length }, (_, i) => (i % 2 === 0 ? x[i >> 1] : other))
        const got = evaluate(fn, mixed)
        const same = x.every(
          (v, i) => Math.abs(v) > 87 || Number.isNaN(v) || Object.is(got[2 * i], wanted[i]),
        )
        expect(same, `beside ${other}`).toBe(true)
      }
      for (let i = 0; i < x.length; i += 1009)
        if (Math.abs(x[i]) <= 87) expect(evaluate(fn, x.slice(i, i + 1))[0]).toBe(wanted[i])
    },
  )

  it('pow, within 2 ULP', () => {
    const bases = [...special, 2, 0.5, 3, -3, 1e-20, -2, 10, 0.1, 1.0000001, 0.99999994, 7.25]
    const exponents = [...special, 2, 3, -2, 0.5, -0.5, 1 / 3, 37.5, -37.5, 1e7, 128, -149]
    const [a, b]: number[][] = [[], []]
    for (const x of bases)
      for (const y of exponents) {
        a.push(x)
        b.push(y)
      }
    const many = spread(3e38, 50_000).filter((v) => v > 0)
    const [x, y] = [
      concatenated(Float32Array.from(a), many),
      concatenated(
        Float32Array.from(b),
        Float32Array.from(many, (_, i) => ((i * 7919) % 1001) / 50 - 10),
      ),
    ]
    // as IEEE 754 has it, not JavaScript
    const pow = (u: number, v: number): number =>
      u === 1 || (u === -1 && Math.abs(v) === Number.POSITIVE_INFINITY) ? 1 : u ** v
    const found = worst(evaluate('pow', x, y), (i) => pow(x[i], y[i]))
    expect(found.error, `${x[found.at]} ** ${y[found.at]}`).toBeLessThanOrEqual(2)
  })
})

/** Edge values, and some ordinary ones. */
const points: Readonly<Record<DType, readonly number[]>> = {
  float32: [...special, 2, -2, 0.5, 2.5, -2.5, 3, 10, -0.75, 3e9, 1e-9].map(Math.fround),
  float64: [...special, 5e-324, -1e308, 2, -2, 0.5, 2.5, -2.5, 3, 10, -0.75, 0.1, 3e9],
  int32: [0, 1, -1, 2, 3, -7, 31, 32, 100, -0x80000000, 0x7fffffff],
  uint32: [0, 1, 2, 3, 31, 32, 100, 0x80000000, 0xffffffff],
  bool: [0, 1],
}

/** Orders of derivatives: time grows with them. */
const orders = [0, 1, 2, 5]

/** Every combination of a function's operands at their points, as a column for each operand. */
const combined = (
  fn: ScalarOp,
  operands: readonly DType[],
): readonly { readonly dtype: DType; readonly data: TypedArray }[] => {
  let rows: readonly (readonly number[])[] = [[]]
  operands.forEach((dtype, at) => {
    const values = fn === 'polygamma' && at === 0 ? orders : points[dtype]
    rows = rows.flatMap((row) => values.map((x) => [...row, x]))
  })
  return operands.map((dtype, at) => {
    const data = allocate(dtype, rows.length)
    data.set(rows.map((row) => row[at]))
    return { dtype, data }
  })
}

const meaningful = [unary, binary, ternary].flatMap((functions, at) =>
  (Object.keys({ ...functions, ...unheardOf[at] }) as ScalarOp[]).flatMap((fn) =>
    dtypes.flatMap((dtype) => {
      const { any, float, ...others } = table[fn]
      const own = dtype === 'float32' || dtype === 'float64' ? float : others[dtype]
      const operands = Array.from(
        { length: at + 1 },
        (_, i): DType => (fn === 'select' && i === 0 ? 'bool' : dtype),
      )
      return (any ?? own) ? [{ fn, dtype, operands }] : []
    }),
  ),
)

describe('every scalar function of the table', () => {
  it('is there', () => {
    const names = new Set<string>(meaningful.map(({ fn }) => fn))
    for (const fn of ['exp', 'polygamma', 'select', 'doubled', 'implies', 'clamped'])
      expect(names).toContain(fn)
  })

  it.each(meaningful)('$fn of $dtype means the same on wasm and the reference', ({ fn, dtype, operands }) => {
    const columns = combined(fn, operands)
    const f = scalarOp(fn, dtype, dtype)
    const want = (i: number): number => {
      const [a, b = 0, c = 0] = columns.map(({ data }) => data[i])
      return Number(f(a, b, c))
    }
    // those in vectors, which are measured above
    const bar = dtype === 'float32' ? (fn === 'pow' ? 2 : (cases.find((c) => c.fn === fn)?.bar ?? 0)) : 0
    const check = (got: number, i: number, most: number): void => {
      const isSame = Object.is(got, want(i)) || (most > 0 && ulps(got, want(i)) <= most)
      const at = columns.map(({ data }) => data[i]).join(', ')
      if (!isSame) expect.fail(`${fn}(${at}) is ${got} instead of ${want(i)}`)
    }
    valuesOn(reference, fn, columns).forEach((got, i) => {
      check(got, i, 0)
    })
    const values = valuesOn(backend, fn, columns)
    expect(values.length).toBe(columns[0].data.length)
    values.forEach((got, i) => {
      check(got, i, bar)
    })
    for (const i of [0, values.length - 1]) {
      const single = columns.map((c) => ({ dtype: c.dtype, data: c.data.slice(i, i + 1) }))
      for (const got of valuesOn(backend, fn, single, 7)) check(got, i, bar)
    }
  })
})
