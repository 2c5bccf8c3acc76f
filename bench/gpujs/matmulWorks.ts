import { jit, np, type Tensor } from '../../src/index.js'
import { peersOf } from '../peers/index.js'
import type { Work } from '../suite.js'
import { beside } from './beside.js'
import { elementsOf, filled, type Gpu } from './gl.js'
import { rawMatmul } from './rawMatmul.js'

const matmul = jit((a: Tensor, b: Tensor) => np.matmul(a, b))

export const matmulWorks = (gpu: Gpu): readonly Work[] =>
  [512, 1024].map((n) => ({
    work: 'matmul',
    shape: `[${n},${n}]·[${n},${n}]`,
    operations: 2 * n ** 3,
    mostMs: null,
    prepare: async () => {
      const size = { width: n / 4, height: n }
      const textures = [1, 2].map((seed) => filled(gpu, size.width, size.height, seed))
      const data = textures.map((t) => elementsOf(t, size.width, size.height))
      const tensors = data.map((d) => np.array(d, { shape: [n, n] }))
      const byHand = rawMatmul(gpu, n)
      const [a, b] = tensors
      return beside(
        gpu,
        `matmul ${n}`,
        () => matmul(a, b),
        () => byHand(textures[0], textures[1]),
        size,
        await peersOf((peer) => peer.matmul(data[0], data[1], n)),
        () => {
          for (const t of tensors) t.dispose()
          for (const t of textures) t.delete()
        },
      )
    },
  }))
