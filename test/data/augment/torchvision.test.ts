import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as augment from '../../../src/augment.js'
import { np, random } from '../../../src/index.js'
import { difference, type ScalarImage, toScalar } from './scalarImage.js'

type Made<T> = readonly (T & { readonly out: ScalarImage })[]
type Sampled = { readonly interpolation: 'nearest' | 'bilinear' }

type Fixture = {
  readonly image: ScalarImage
  readonly resize: Made<{ readonly size: readonly [number, number] }>
  readonly pillow: Made<{ readonly size: readonly [number, number] }>
  readonly rotate: Made<Sampled & { readonly degrees: number }>
  readonly affine: Made<
    Sampled & {
      readonly draw: {
        readonly angle: number
        readonly translate: readonly [number, number]
        readonly scale: number
        readonly shear: readonly [number, number]
      }
    }
  >
  readonly brightness: Made<{ readonly factor: number }>
  readonly contrast: Made<{ readonly factor: number }>
  readonly greyContrast: Made<{ readonly factor: number }>
}

const fixture: Fixture = JSON.parse(
  readFileSync(new URL('fixtures/torchvision.json', import.meta.url), 'utf8'),
)
const image = np.array(fixture.image)
const grey = np.array(fixture.image.slice(0, 1))
const key = random.key(0)

describe('the figures of torchvision', () => {
  it.each(fixture.resize)('resize to $size', ({ size, out }) => {
    expect(difference(toScalar(augment.resize(...size)(key, image)), out)).toBeLessThan(1e-6)
  })

  it.each(fixture.pillow)("resize to $size is Pillow's too", ({ size, out }) => {
    expect(difference(toScalar(augment.resize(...size)(key, grey)), out)).toBeLessThan(1e-6)
  })

  it.each(fixture.rotate)('rotate by $degrees°, $interpolation', ({ degrees, interpolation, out }) => {
    expect(difference(toScalar(augment.rotate(image, degrees, interpolation)), out)).toBeLessThan(5e-6)
  })

  it.each(fixture.affine)('affine $draw, $interpolation', ({ draw, interpolation, out }) => {
    expect(difference(toScalar(augment.affine(image, draw, interpolation)), out)).toBeLessThan(5e-6)
  })

  it.each(fixture.brightness)('brightness times $factor', ({ factor, out }) => {
    expect(difference(toScalar(augment.adjustBrightness(image, factor)), out)).toBeLessThan(1e-6)
  })

  it.each(fixture.greyContrast)('contrast of a grey image times $factor', ({ factor, out }) => {
    expect(difference(toScalar(augment.adjustContrast(grey, factor)), out)).toBeLessThan(1e-6)
  })

  it.each(fixture.contrast)('contrast of an RGB image times $factor', ({ factor, out }) => {
    // torchvision's weights of red, green and blue have the sum 0.9999, ours 1
    const atMost = Math.abs(1 - factor) * 1e-4 + 1e-6
    expect(difference(toScalar(augment.adjustContrast(image, factor)), out)).toBeLessThan(atMost)
  })
})
