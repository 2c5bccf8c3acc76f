/** Light for dark: each byte b becomes 255 − b. */
export const invertedPixels = <P extends { readonly pixels: Uint8Array }>(picture: P): P => ({
  ...picture,
  pixels: picture.pixels.map((byte) => 255 - byte),
})
