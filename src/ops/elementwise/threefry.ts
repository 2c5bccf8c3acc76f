import { bind } from '../../graph/bind.js'
import { definePrimitive, type NoParams } from '../../graph/primitive.js'
import type { Tensor } from '../../graph/tensor.js'
import { formatAval } from '../../ir/aval.js'
import { DTypeError } from '../../ir/errors.js'
import { apply, constant, type Expr } from '../../ir/expr.js'
import { pointwise } from '../rules/elementwise.js'
import { elementwiseShape } from '../rules/rules.js'
import { align } from './lift.js'

const rotations = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
] as const

/** Parity word of the key schedule. */
const parity = 0x1bd11bda

const word = (value: number): Expr => constant(value, 'uint32')

const rotateLeft = (x: Expr, n: number): Expr =>
  apply('or', [apply('shiftLeft', [x, word(n)]), apply('shiftRightLogical', [x, word(32 - n)])])

/** 20 rounds, a key injection after each four. */
const encrypt = (k0: Expr, k1: Expr, c0: Expr, c1: Expr): readonly Expr[] => {
  const keys = [k0, k1, apply('xor', [apply('xor', [k0, k1]), word(parity)])]
  let x0 = apply('add', [c0, k0])
  let x1 = apply('add', [c1, k1])
  for (let group = 1; group <= 5; group++) {
    for (const n of rotations[(group - 1) % 2]) {
      x0 = apply('add', [x0, x1])
      x1 = apply('xor', [rotateLeft(x1, n), x0])
    }
    x0 = apply('add', [x0, keys[group % 3]])
    x1 = apply('add', [x1, apply('add', [keys[(group + 1) % 3], word(group)])])
  }
  return [x0, x1]
}

/**
 * Threefry-2x32 with 20 rounds: (k0, k1, x0, x1), u32 of one shape → two u32, the counter (x0, x1)
 * enciphered under the key (k0, k1). All random bits come from here.
 * @see Salmon et al., Parallel random numbers: as easy as 1, 2, 3 (2011)
 */
export const threefry2x32P = definePrimitive<NoParams>({
  name: 'threefry2x32',
  abstractEval: (avals) => {
    const [out] = elementwiseShape('threefry2x32', 'integer')(avals)
    if (out.dtype !== 'uint32')
      throw new DTypeError(`threefry2x32: uint32 is required, got ${formatAval(out)}. Use bitcast.`)
    return [out, out]
  },
  jvp: 'zero',
  ...pointwise,
  lower: () => ({ kind: 'elementwise', values: ([k0, k1, x0, x1]) => encrypt(k0, k1, x0, x1) }),
})
/** Two words of random bits for each counter (x0, x1) under the key (k0, k1), broadcast. All uint32. */
export const threefry2x32 = (k0: Tensor, k1: Tensor, x0: Tensor, x1: Tensor): readonly [Tensor, Tensor] => {
  const [y0, y1] = bind(threefry2x32P, align('threefry2x32', [k0, k1, x0, x1]), {})
  return [y0, y1]
}
