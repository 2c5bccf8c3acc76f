/** Threefry-2x32-20 on JS numbers, from the paper's description. */
export const threefry = (k0: number, k1: number, c0: number, c1: number): readonly [number, number] => {
  const keys = [k0, k1, (k0 ^ k1 ^ 0x1bd11bda) >>> 0]
  const rotations = [13, 15, 26, 6, 17, 29, 16, 24]
  let [x0, x1] = [(c0 + k0) >>> 0, (c1 + k1) >>> 0]
  for (let round = 0; round < 20; round++) {
    const n = rotations[round % 8]
    x0 = (x0 + x1) >>> 0
    x1 = (((x1 << n) | (x1 >>> (32 - n))) ^ x0) >>> 0
    if (round % 4 === 3) {
      const s = (round + 1) / 4
      x0 = (x0 + keys[s % 3]) >>> 0
      x1 = (x1 + keys[(s + 1) % 3] + s) >>> 0
    }
  }
  return [x0, x1]
}
