/** Red, green and blue, each from 0 to 255. */
export type Color = readonly [red: number, green: number, blue: number]

/** A picture on the host: `data` is red, green and blue of each pixel, row by row. */
export type Raster = { readonly width: number; readonly height: number; readonly data: Uint8Array }

/** The picture whose pixel at (x, y) is `color(x, y)`. */
export const rasterOf = (width: number, height: number, color: (x: number, y: number) => Color): Raster => {
  const data = new Uint8Array(3 * width * height)
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set(color(x, y), 3 * (y * width + x))
  return { width, height, data }
}
