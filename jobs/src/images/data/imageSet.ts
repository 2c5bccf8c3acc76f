/** The sizes of one image; bytes of an image lie channel by channel, row by row. */
export type ImageSizes = {
  /** 1: grey, 0 black and 255 white; 3: red, green, blue. */
  readonly channels: number
  readonly height: number
  readonly width: number
}

/** Images of one size with a class each. `pixels` is [count, channels, height, width], row-major, of 0…255. */
export type ImageSet = ImageSizes & {
  readonly count: number
  readonly pixels: Uint8Array
  /** The class of each image, a place in `classes`. */
  readonly labels: Uint32Array
  /** Names of the classes. */
  readonly classes: readonly string[]
}

/** The number of bytes of one image. */
export const bytesPerImage = ({ channels, height, width }: ImageSizes): number => channels * height * width

/** The first `limit` images, or all where there are fewer or `limit` is undefined: views, not copies. */
export const firstImages = (set: ImageSet, limit: number | undefined): ImageSet =>
  limit === undefined || limit >= set.count
    ? set
    : {
        ...set,
        count: limit,
        pixels: set.pixels.subarray(0, limit * bytesPerImage(set)),
        labels: set.labels.subarray(0, limit),
      }
