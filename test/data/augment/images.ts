import * as fc from 'fast-check'
import { random, type Tensor } from '../../../src/index.js'

/** Images of noise, f32[channels, height, width] of 0…1, small enough for oracles. */
export const noiseImage = ({
  channels = fc.constantFrom(1, 2, 3),
  size = fc.integer({ min: 1, max: 9 }),
}: {
  readonly channels?: fc.Arbitrary<number>
  readonly size?: fc.Arbitrary<number>
} = {}): fc.Arbitrary<Tensor> =>
  fc
    .tuple(channels, size, size, fc.nat(1000))
    .map(([c, h, w, seed]) => random.uniform(random.key(seed), [c, h, w]))

export const keys: fc.Arbitrary<Tensor> = fc.nat(10_000).map((seed) => random.key(seed))
