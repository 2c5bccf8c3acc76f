/** Numbers between −1 and 1 that follow no pattern a kernel could profit from; the same for the same seed. */
export const numbers = (count: number, seed: number): Float32Array => {
  let state = Math.imul(seed + 1, 0x9e3779b9) >>> 0
  const out = new Float32Array(count)
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    out[i] = state / 2 ** 31 - 1
  }
  return out
}
