import { jit, np, type Tensor } from '../../src/index.js'
import { requireEqualResults } from '../equalResults.js'
import { numbers } from '../numbers.js'
import type { Peer, Work } from '../suite.js'
import { type Bars, beside, byThreads, ours } from './beside.js'

const matrix = (rows: number, columns: number, seed: number): Tensor =>
  np.array(numbers(rows * columns, seed), { shape: [rows, columns] })

const matmul = jit((a: Tensor, b: Tensor) => np.matmul(a, b))

const squareSide = 1024

/** Our product of square matrices, whose rate others are measured by. */
export const ownSquare = (bar: number): { readonly peer: Peer; readonly close: () => void } => {
  const [a, b] = [matrix(squareSide, squareSide, 1), matrix(squareSide, squareSide, 2)]
  const { run } = ours(() => [matmul(a, b)])
  return {
    peer: {
      name: `our matmul ${squareSide}`,
      run,
      bar,
      operations: 2 * squareSide ** 3,
    },
    close: () => {
      a.dispose()
      b.dispose()
    },
  }
}

const square = (n: number, bar: number | null): Work => ({
  work: 'matmul',
  shape: `[${n},${n}]·[${n},${n}]`,
  operations: 2 * n ** 3,
  mostMs: null,
  prepare: async () => {
    const data = [numbers(n * n, 1), numbers(n * n, 2)]
    const [a, b] = data.map((d) => np.array(d, { shape: [n, n] }))
    const bars: Bars = bar === null ? {} : { 'tfjs-wasm': bar }
    const work = { name: `matmul ${n}`, f: () => [matmul(a, b)], operands: [a, b] }
    return beside(work, (peer) => peer.matmul(data[0], data[1], n), bars)
  },
})

/** Operands as they lie in memory; transposed before they are multiplied. */
type Product = {
  readonly work: string
  readonly m: number
  readonly k: number
  readonly n: number
  readonly left?: 'transposed'
  readonly right?: 'transposed'
  readonly bar: number
}

/** A few elements, by hand, in float64. */
const elements = ({ m, k, n, left, right }: Product, a: Float32Array, b: Float32Array) =>
  Array.from({ length: 64 }, (_, s) => {
    const [i, j] = [(s * 7919) % m, (s * 104729) % n]
    let sum = 0
    for (let l = 0; l < k; l++)
      sum += a[left === undefined ? i * k + l : l * m + i] * b[right === undefined ? l * n + j : j * k + l]
    return { at: i * n + j, value: sum }
  })

/** Beside our own rate at square matrices: no size and no layout may be a cliff. */
const besideSquare = (product: Product): Work => {
  const { work, m, k, n, left, right, bar } = product
  const aShape = left === undefined ? [m, k] : [k, m]
  const bShape = right === undefined ? [k, n] : [n, k]
  return {
    work,
    shape: `[${aShape.join(',')}]·[${bShape.join(',')}]`,
    operations: 2 * m * k * n,
    mostMs: null,
    prepare: async () => {
      const [aData, bData] = [numbers(m * k, 1), numbers(k * n, 2)]
      const [a, b] = [np.array(aData, { shape: aShape }), np.array(bData, { shape: bShape })]
      const f = jit((a: Tensor, b: Tensor) =>
        np.matmul(left === undefined ? a : a.transpose(), right === undefined ? b : b.transpose()),
      )
      const data = f(a, b).dataSync()
      const some = elements(product, aData, bData)
      requireEqualResults(work, [some.map(({ at }) => data[at])], [some.map(({ value }) => value)])
      const own = ownSquare(bar)
      return {
        ours: ours(() => [f(a, b)]),
        peers: [own.peer],
        close: () => {
          own.close()
          a.dispose()
          b.dispose()
        },
      }
    },
  }
}

export const matmulWorks = (threads: number): readonly Work[] => {
  const n = squareSide
  const bar = 0.92
  return [
    square(256, byThreads(threads, 1.4, 2.2)),
    square(512, byThreads(threads, 1.4, 2.6)),
    square(1024, byThreads(threads, 1.4, 2.6)),
    besideSquare({ work: 'matmul, 1023', m: 1023, k: 1023, n: 1023, bar }),
    besideSquare({ work: 'matmul, 510 wide', m: n, k: n, n: 510, bar }),
    besideSquare({ work: 'matmul, AᵀB', m: n, k: n, n, left: 'transposed', bar }),
    besideSquare({ work: 'matmul, ABᵀ', m: n, k: n, n, right: 'transposed', bar }),
    besideSquare({ work: 'matmul, AᵀBᵀ', m: n, k: n, n, left: 'transposed', right: 'transposed', bar }),
    besideSquare({ work: 'matmul, few rows', m: 64, k: 784, n: 512, bar: 0.85 }),
  ]
}
