import { jit, nn, np, type Tensor, vjp } from '../../src/index.js'
import { requireEqualResults } from '../equalResults.js'
import { numbers } from '../numbers.js'
import { peersOf } from '../peers/index.js'
import type { Work } from '../suite.js'
import { byThreads, ours } from './beside.js'
import { ownSquare } from './matmulWorks.js'

const [images, inputs, outputs, side] = [32, 32, 64, 24]
const xShape = [images, inputs, side, side] as const
const kernelShape = [outputs, inputs, 3, 3]
const ctShape = [images, outputs, side, side]
const size = (shape: readonly number[]): number => shape.reduce((p, d) => p * d, 1)

const conv = (x: Tensor, kernel: Tensor): Tensor => nn.functional.conv2d(x, kernel, { padding: 1 })

type Operands = { readonly x: Tensor; readonly kernel: Tensor; readonly ct: Tensor }

const forward = jit(({ x, kernel }: Operands) => conv(x, kernel))
const byX = jit(
  ({ x, kernel, ct }: Operands) => vjp((x: Tensor) => conv(x, kernel), x)[1](ct) as readonly [Tensor],
)
const byKernel = jit(
  ({ x, kernel, ct }: Operands) => vjp((k: Tensor) => conv(x, k), kernel)[1](ct) as readonly [Tensor],
)

/** ⟨a, b⟩ */
const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i]
  return sum
}

/**
 * The forward result is compared with the peer's; a gradient by what it has to be: ⟨f(x), ct⟩ = ⟨x, dx⟩ = ⟨kernel, dw⟩.
 */
const convWork = (
  work: string,
  own: (x: Operands) => Tensor,
  of: 'x' | 'kernel' | null,
  bar: number | null,
): Work => ({
  work,
  shape: `[${xShape.join(',')}]→${outputs}`,
  operations: 2 * images * outputs * inputs * 9 * side ** 2,
  mostMs: null,
  prepare: async () => {
    const x = numbers(size(xShape), 1)
    const kernel = numbers(size(kernelShape), 2)
    const ct = numbers(size(ctShape), 3)
    const operands = {
      x: np.array(x, { shape: xShape }),
      kernel: np.array(kernel, { shape: kernelShape }),
      ct: np.array(ct, { shape: ctShape }),
    }
    const peers = await peersOf((peer) => peer.conv(x, xShape, kernel, outputs))
    const y = forward(operands).dataSync()
    for (const peer of peers) requireEqualResults(peer.name, await peer.result(), [y])
    const result = own(operands).dataSync()
    if (of !== null) requireEqualResults(work, [[dot({ x, kernel }[of], result)]], [[dot(y, ct)]])
    const square = ownSquare(0.88)
    return {
      ours: ours(() => [own(operands)]),
      peers: [...peers.map((peer) => ({ ...peer, name: `${peer.name}, forward`, bar })), square.peer],
      close: () => {
        square.close()
        for (const t of Object.values(operands)) t.dispose()
      },
    }
  },
})

/** A 3×3 convolution with a border, and its gradients; TensorFlow.js has no gradients of it on WebAssembly. */
export const convWorks = (threads: number): readonly Work[] => {
  const bar = byThreads(threads, null, 2.8)
  return [
    convWork('conv 3×3', forward, null, bar),
    convWork('conv 3×3, dx', (x) => byX(x)[0], 'x', bar),
    convWork('conv 3×3, dw', (x) => byKernel(x)[0], 'kernel', bar),
  ]
}
