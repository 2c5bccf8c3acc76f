/** Texels in a row of a texture, at most; devices take at least as many. */
const widest = 4096

/**
 * How n elements lie on the device: four to a texel, the texels in rows of a texture. Addressed as texel t of that order.
 */
export type TextureSize = { readonly width: number; readonly height: number }

export const textureSize = (elements: number): TextureSize => {
  const texels = Math.max(1, Math.ceil(elements / 4))
  // of one row, gpu.js makes a texture of a shape of its own
  const height = texels === 1 ? 1 : Math.max(2, Math.ceil(texels / widest))
  return { width: Math.ceil(texels / height), height }
}

export const textureBytes = ({ width, height }: TextureSize): number => 16 * width * height
