import { jit, nn, np, type Tensor, vjp } from '../../src/index.js'
import { type PeerWork, peersOf } from '../peers/index.js'
import type { Work } from '../suite.js'
import { beside } from './beside.js'
import { elementsOf, filled, type Gpu, type Texture } from './gl.js'
import { rawConv, rawKernelGradient } from './rawConv.js'

const [images, inputs, outputs, side] = [32, 32, 64, 24]
const xShape = [images, inputs, side, side] as const
const kernelShape = [outputs, inputs, 3, 3]
const ctShape = [images, outputs, side, side]

const conv = (x: Tensor, kernel: Tensor): Tensor => nn.functional.conv2d(x, kernel, { padding: 1 })

const forward = jit(conv)
const gradientOfX = jit(
  (x: Tensor, kernel: Tensor, ct: Tensor) =>
    vjp((x: Tensor) => conv(x, kernel), x)[1](ct) as readonly [Tensor],
)
const gradientOfKernel = jit(
  (x: Tensor, kernel: Tensor, ct: Tensor) =>
    vjp((k: Tensor) => conv(x, k), kernel)[1](ct) as readonly [Tensor],
)

/** `[o, i, 3, 3]` as `[i, o, 3, 3]`, turned by half a turn: the kernel of the derivative by x. */
const turned = (kernel: Float32Array): Float32Array => {
  const out = new Float32Array(kernel.length)
  for (let o = 0; o < outputs; o++)
    for (let i = 0; i < inputs; i++)
      for (let p = 0; p < 9; p++) out[(i * outputs + o) * 9 + 8 - p] = kernel[(o * inputs + i) * 9 + p]
  return out
}

type Data = { readonly x: Float32Array; readonly kernel: Float32Array; readonly ct: Float32Array }
type ByHand = { readonly run: () => Texture; readonly operands: readonly Texture[] }

const convWork = (
  gpu: Gpu,
  work: string,
  own: (x: Tensor, kernel: Tensor, ct: Tensor) => Tensor,
  byHand: (data: Data) => ByHand,
  result: { readonly width: number; readonly height: number },
  peerWork: (data: Data) => PeerWork,
): Work => ({
  work,
  shape: `[${xShape.join(',')}]→${outputs}`,
  operations: 2 * images * outputs * inputs * 9 * side ** 2,
  mostMs: null,
  prepare: async () => {
    const numbers = (shape: readonly number[], seed: number): Float32Array => {
      const texels = shape.reduce((p, d) => p * d, 1) / 4
      const texture = filled(gpu, 64, texels / 64, seed)
      const data = elementsOf(texture, 64, texels / 64)
      texture.delete()
      return data
    }
    const data = { x: numbers(xShape, 1), kernel: numbers(kernelShape, 2), ct: numbers(ctShape, 3) }
    const x = np.array(data.x, { shape: xShape })
    const kernel = np.array(data.kernel, { shape: kernelShape })
    const ct = np.array(data.ct, { shape: ctShape })
    const { run, operands } = byHand(data)
    return beside(
      gpu,
      work,
      () => own(x, kernel, ct),
      run,
      result,
      await peersOf(peerWork(data)),
      () => {
        for (const t of [x, kernel, ct]) t.dispose()
        for (const t of operands) t.delete()
      },
    )
  },
})

/** A 3×3 convolution with a border, and its derivatives. */
export const convWorks = (gpu: Gpu): readonly Work[] => [
  convWork(
    gpu,
    'conv 3×3',
    (x, kernel) => forward(x, kernel),
    ({ x, kernel }) => rawConv(gpu, { images, inputs, outputs, side }, x, kernel),
    { width: side ** 2 / 4, height: images * outputs },
    ({ x, kernel }) =>
      (peer) =>
        peer.conv(x, xShape, kernel, outputs),
  ),
  convWork(
    gpu,
    'conv 3×3, dx',
    (x, kernel, ct) => gradientOfX(x, kernel, ct)[0],
    ({ kernel, ct }) => rawConv(gpu, { images, inputs: outputs, outputs: inputs, side }, ct, turned(kernel)),
    { width: side ** 2 / 4, height: images * inputs },
    () => () => null,
  ),
  convWork(
    gpu,
    'conv 3×3, dw',
    (x, kernel, ct) => gradientOfKernel(x, kernel, ct)[0],
    ({ x, ct }) => rawKernelGradient(gpu, { images, inputs, outputs, side }, x, ct),
    { width: (inputs * 9) / 4, height: outputs },
    () => () => null,
  ),
]
