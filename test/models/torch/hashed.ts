/** `size` 32-bit integers, the formula of test/fixtures/torch/hashed.py. */
export const words = (seed: number, size: number): Uint32Array =>
  Uint32Array.from({ length: size }, (_, i) => {
    let h = (Math.imul(i, 0x9e3779b1) + Math.imul(seed, 0x85ebca77)) >>> 0
    h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d)
    h = Math.imul(h ^ (h >>> 12), 0x297a2d39)
    return h ^ (h >>> 15)
  })

/** Multiples of 2⁻²³ in [−1, 1), which float32 holds exactly. */
export const hashed = (seed: number, size: number): Float32Array =>
  Float32Array.from(words(seed, size), (h) => (h >>> 8) / 2 ** 23 - 1)
