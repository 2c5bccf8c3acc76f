import { importProgram } from '../../src/export.js'
import { grad, np, type Tensor } from '../../src/index.js'

/** What a web page does with the bytes of a program: no module of Node may be needed. */
export const run = (bytes: Uint8Array): readonly unknown[] => {
  const loaded = importProgram<[Tensor], Tensor>(bytes)
  if (loaded._tag === 'Left') throw new Error(loaded.left.message)
  const { call } = loaded.right
  const x = np.array([1, 2])
  return [call(x).toArray(), grad(call)(x).toArray(), loaded.right.toBytes().length === bytes.length]
}
