/** Texels in a row of a texture, at most; devices take at least as many. */
const widest = 4096

/**
 * How n elements lie on the device: four to a texel, the texels in rows of a texture. Addressed as texel t of that order.
 */
export type TextureSize = { readonly width: number; readonly height: number }

/** About square, as wide as a power of two: kernels divide by the width to find a texel. */
export const textureSize = (elements: number): TextureSize => {
  const texels = Math.max(1, Math.ceil(elements / 4))
  if (texels === 1) return { width: 1, height: 1 }
  const width = Math.min(widest, 2 ** Math.ceil(Math.log2(texels) / 2))
  // of one row, gpu.js makes a texture of a shape of its own
  return { width, height: Math.max(2, Math.ceil(texels / width)) }
}

export const textureBytes = ({ width, height }: TextureSize): number => 16 * width * height
