import { expect, it } from 'vitest'
import { explain } from '../../../src/debug.js'
import type { ConvolutionOptions } from '../../../src/functions/nn/convolution.js'
import { jit, nn, random, type Tensor, vjp } from '../../../src/index.js'
import { describeOnGl, headless } from './gl.js'

type Case = {
  readonly x: readonly number[]
  readonly kernel: readonly number[]
  readonly options: ConvolutionOptions
  /** How many of the convolution and its two derivatives read windows where they lie. */
  readonly windows: number
}

const cases: readonly Case[] = [
  { x: [2, 4, 8, 8], kernel: [8, 4, 3, 3], options: { padding: 1 }, windows: 2 },
  { x: [2, 3, 12, 12], kernel: [5, 3, 3, 3], options: { padding: 1 }, windows: 1 },
  { x: [4, 8, 10, 10], kernel: [6, 8, 3, 3], options: {}, windows: 3 },
  { x: [2, 8, 11, 11], kernel: [7, 8, 3, 3], options: { stride: 2, padding: 1 }, windows: 1 },
  { x: [2, 4, 12, 8], kernel: [4, 4, 5, 3], options: { padding: 'SAME' }, windows: 2 },
  { x: [2, 8, 8, 8], kernel: [12, 4, 3, 3], options: { padding: 1, groups: 2 }, windows: 2 },
  { x: [2, 1, 8, 8], kernel: [4, 1, 3, 3], options: { padding: 1 }, windows: 1 },
  { x: [4, 6, 9, 9], kernel: [8, 6, 2, 2], options: { dilation: 2 }, windows: 2 },
  { x: [2, 8, 8, 8], kernel: [8, 1, 3, 3], options: { padding: 1, groups: 8 }, windows: 0 },
]

describeOnGl('convolutions by windows', () => {
  it.each(cases)('x $x, kernel $kernel, $options', ({ x: xShape, kernel: kernelShape, options, windows }) => {
    const [x, kernel] = [random.normal(random.key(3), xShape), random.normal(random.key(5), kernelShape)]
    const conv = (x: Tensor, kernel: Tensor) => nn.functional.conv2d(x, kernel, options)
    const ct = random.normal(random.key(7), jit(conv, { backend: 'reference' })(x, kernel).shape)
    const all = (x: Tensor, kernel: Tensor, ct: Tensor): readonly Tensor[] => {
      const [y, pull] = vjp(conv, x, kernel)
      return [y, ...(pull(ct) as readonly Tensor[])]
    }
    const onGl = jit(all, { backend: headless })
    const wanted = jit(all, { backend: 'reference' })(x, kernel, ct)
    onGl(x, kernel, ct).forEach((got, i) => {
      const [a, b] = [got, wanted[i]].map((t) => Array.from(t.dataSync()))
      const scale = b.reduce((most, v) => Math.max(most, Math.abs(v)), 0)
      a.forEach((v, j) => {
        if (!(Math.abs(v - b[j]) <= 1e-5 * scale)) expect(v, `result ${i}, element ${j}`).toBe(b[j])
      })
    })
    const products = explain(onGl.lower(x, kernel, ct)).split('const row0').length - 1
    expect(products).toBe(windows)
  })
})
