import type { Picture } from './png.js'

/** The bytes of the outermost rows and columns, of all channels. */
const borderOf = ({ channels, height, width, pixels }: Picture): Uint8Array => {
  const border: number[] = []
  for (let row = 0; row < channels * height; row++) {
    const isEnd = row % height === 0 || row % height === height - 1
    for (let x = 0; x < width; x += isEnd || width === 1 ? 1 : width - 1) border.push(pixels[row * width + x])
  }
  return Uint8Array.from(border)
}

/** Whether a picture is ink on lighter paper: the median of its border is nearer to its lightest byte than to its darkest. */
export const isDarkOnLight = (picture: Picture): boolean => {
  const border = borderOf(picture).sort()
  const { pixels } = picture
  const darkest = pixels.reduce((a, b) => (b < a ? b : a), 255)
  const lightest = pixels.reduce((a, b) => (b > a ? b : a), 0)
  return 2 * border[border.length >> 1] > darkest + lightest
}

/** Light for dark: each byte b becomes 255 − b. */
export const invertedPixels = <P extends { readonly pixels: Uint8Array }>(picture: P): P => ({
  ...picture,
  pixels: picture.pixels.map((byte) => 255 - byte),
})
