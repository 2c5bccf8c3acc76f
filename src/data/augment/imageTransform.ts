import type { Monoid } from 'fp-ts/lib/Monoid.js'
import type { Tensor } from '../../graph/tensor.js'
import { foldIn } from '../../random/foldIn.js'
import { splitStacked } from '../../random/split.js'
import { vmap } from '../../transforms/vmap.js'

/**
 * A function of a random key, u32[2], and one image, f32[channels, height, width], to an image, perhaps of another
 * size. Pure: the same key gives the same image; those that draw nothing leave the key alone. Any such function is one;
 * what `compose` makes remembers its parts.
 */
export interface ImageTransform {
  (key: Tensor, image: Tensor): Tensor
  /** Its parts, in the order of use. */
  readonly parts?: readonly ImageTransform[]
}

const partsOf = (transform: ImageTransform): readonly ImageTransform[] => transform.parts ?? [transform]

/**
 * Transforms one after the other. The i-th part of several gets `foldIn(key, i)`; one alone gets the key itself. Parts of
 * parts count as parts, so that grouping changes nothing: with `identityTransform` this is a monoid, to the bit.
 * @example
 * ```ts
 * import * as augment from 'grad-ts/augment'
 *
 * const twice = (_: Tensor, image: Tensor) => image.mul(2)
 * const plusOne = (_: Tensor, image: Tensor) => image.add(1)
 * augment.compose(twice, plusOne)(random.key(0), np.ones([1, 1, 2])) // => [[[3, 3]]]
 * ```
 */
export const compose = (...transforms: readonly ImageTransform[]): ImageTransform => {
  const parts = Object.freeze(transforms.flatMap(partsOf))
  if (parts.length === 1) return parts[0]
  const composed = (key: Tensor, image: Tensor): Tensor =>
    parts.reduce((result, part, i) => part(foldIn(key, i), result), image)
  return Object.assign(composed, { parts })
}

/** The image as it is. */
export const identityTransform: ImageTransform = compose()

/** Transforms under composition; `concat(a, b)` does a first. */
export const monoidImageTransform: Monoid<ImageTransform> = { concat: compose, empty: identityTransform }

/**
 * A transform of many images at once: keys u32[n, 2], a key for each, and f32[n, c, h, w] → f32[n, c', h', w']. Image i
 * becomes what the transform makes of key i and image i alone, whatever else is in the batch.
 * @see `batchedFrom` for keys that follow the examples through any order of batches
 * @example
 * ```ts
 * import * as augment from 'grad-ts/augment'
 *
 * const flip = augment.batched(augment.randomFlip())
 * flip(random.splitStacked(random.key(0), 8), np.ones([8, 1, 4, 4])).shape // => [8, 1, 4, 4]
 * ```
 */
export const batched =
  (transform: ImageTransform) =>
  (keys: Tensor, images: Tensor): Tensor =>
    vmap((key: Tensor, image: Tensor) => transform(key, image))(keys, images)

/**
 * As `batched`, with one key, u32[2], for the batch: image i gets `foldIn(key, i)`, or `foldIn(key, indices[i])` where
 * `indices`, i32[n], say which examples these are. With these and a key of the epoch, what an example becomes does
 * not depend on the batch it is in, or on where training was resumed.
 * @example
 * ```ts
 * import * as augment from 'grad-ts/augment'
 *
 * const turn = augment.batchedFrom(augment.randomRotation(10))
 * const images = np.ones([2, 1, 4, 4])
 * const [a, b] = [[5, 3], [3, 9]].map((i) => turn(random.key(0), images, np.array(i, { dtype: 'int32' })))
 * np.arrayEqual(a.get(1), b.get(0)) // => true
 * ```
 */
export const batchedFrom =
  (transform: ImageTransform) =>
  (key: Tensor, images: Tensor, indices?: Tensor): Tensor =>
    batched(transform)(
      indices === undefined
        ? splitStacked(key, images.shape[0])
        : vmap((index: Tensor) => foldIn(key, index))(indices),
      images,
    )
