import type { Tensor } from '../../src/index.js'

/** The bytes of a tensor with its type, to compare −0 and NaN exactly, and to send between processes. */
export const bitsOf = (t: Tensor): readonly [string, readonly number[]] => {
  const data = t.dataSync()
  return [`${t.dtype}[${t.shape}]`, [...new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]]
}
