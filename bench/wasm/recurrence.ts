import { grad, jit, np, scan, type Tensor } from '../../src/index.js'
import { numbers } from '../numbers.js'
import type { Recurrence } from '../peers/peer.js'

const [times, width] = [128, 32]

const scaled = (data: Float32Array, by: number): Float32Array => data.map((v) => v * by)

/** Weights small enough that the state keeps moving. */
export const recurrence = (): Recurrence => ({
  width,
  xs: Array.from({ length: times }, (_, t) => numbers(width, t)),
  u: scaled(numbers(width * width, 1001), 0.3),
  w: scaled(numbers(width * width, 1002), 0.3),
  b: scaled(numbers(width, 1003), 0.1),
})

export type OwnRecurrence = {
  readonly gradient: () => readonly Tensor[]
  readonly operands: readonly Tensor[]
}

/** The gradient by u, w and b, through a loop that is one operation however long it is. */
export const ownRecurrence = ({ xs, u, w, b }: Recurrence): OwnRecurrence => {
  const all = new Float32Array(xs.length * width)
  for (const [t, x] of xs.entries()) all.set(x, t * width)
  const inputs = np.array(all, { shape: [xs.length, 1, width] })
  const params = {
    u: np.array(u, { shape: [width, width] }),
    w: np.array(w, { shape: [width, width] }),
    b: np.array(b),
  }
  const loss = (p: typeof params, xs: Tensor): Tensor => {
    const step = (h: Tensor, x: Tensor): readonly [Tensor, null] => [
      np.tanh(np.matmul(x, p.u).add(p.b).add(np.matmul(h, p.w))),
      null,
    ]
    const [last] = scan(step, np.zeros([1, width]), xs)
    return np.square(last).sum()
  }
  const gradient = jit((p: typeof params, xs: Tensor) => grad(loss)(p, xs))
  return {
    gradient: () => {
      const { u, w, b } = gradient(params, inputs)
      return [u, w, b]
    },
    operands: [inputs, ...Object.values(params)],
  }
}
