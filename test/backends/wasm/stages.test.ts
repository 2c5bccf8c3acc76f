import { describe, expect, it } from 'vitest'
import { jit, loadBackend, nn, np, type Tensor } from '../../../src/index.js'

await loadBackend('wasm')

describe('two passes of a kernel', () => {
  it.each([3, 8, 21, 70])('serve %i points, whose elements are all alike', (points) => {
    const v = np.arange(points).div(7)
    const alike = (v: Tensor) => np.broadcastTo(v.reshape([points, 1]), [points, 6])
    const variances = jit((v: Tensor) => np.var(alike(v), { axis: 1 }), { backend: 'wasm' })
    const shares = jit((v: Tensor) => nn.softmax(alike(v), { axis: 1 }), { backend: 'wasm' })
    for (const x of variances(v).dataSync()) expect(x).toBeCloseTo(0, 6)
    for (const x of shares(v).dataSync()) expect(x).toBeCloseTo(1 / 6, 6)
  })
})
