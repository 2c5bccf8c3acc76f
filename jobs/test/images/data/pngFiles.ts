import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { PNG } from 'pngjs'

export type Painted = {
  readonly height: number
  readonly width: number
  /** 0: grey, 2: RGB, 4: grey with opacity, 6: RGB with opacity. */
  readonly colorType?: 0 | 2 | 4 | 6
  readonly pixel?: (y: number, x: number) => readonly [number, number, number, number?]
}

/** The bytes of a PNG, by another way than the one that is tested. */
export const pngBytes = ({ height, width, colorType = 2, pixel = () => [1, 2, 3] }: Painted): Uint8Array => {
  const png = new PNG({ width, height })
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [r, g, b, opacity = 255] = pixel(y, x)
      png.data.set([r, g, b, opacity], 4 * (y * width + x))
    }
  return new Uint8Array(PNG.sync.write(png, { colorType, inputHasAlpha: true }))
}

/** Writes files by their paths below a folder. */
export const writeFiles = (folder: string, files: Readonly<Record<string, Uint8Array | string>>): void => {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
}
