import type { Shape } from '../../../src/ir/aval.js'
import { type DType, dtypes, isFloat } from '../../../src/ir/dtype.js'
import {
  apply,
  compare,
  constant,
  type Expr,
  loopIndex,
  type ScalarOp,
  select,
} from '../../../src/ir/expr.js'
import { type Draw, int, oneOf, type ProgramDraft } from './draw.js'
import { load } from './views.js'

const binary: Readonly<Record<DType, readonly ScalarOp[]>> = {
  float32: ['add', 'sub', 'mul', 'div', 'max', 'min', 'rem', 'atan2'],
  float64: ['add', 'sub', 'mul', 'div', 'max', 'min', 'pow'],
  int32: [
    'add',
    'sub',
    'mul',
    'div',
    'rem',
    'max',
    'min',
    'and',
    'or',
    'xor',
    'shiftLeft',
    'shiftRightArithmetic',
  ],
  uint32: [
    'add',
    'sub',
    'mul',
    'div',
    'rem',
    'and',
    'or',
    'xor',
    'shiftLeft',
    'shiftRightLogical',
    'shiftRightArithmetic',
  ],
  bool: ['and', 'or', 'xor', 'max', 'min'],
}

const unary: Readonly<Record<DType, readonly ScalarOp[]>> = {
  float32: ['neg', 'abs', 'sign', 'round', 'exp', 'log', 'sqrt', 'tanh', 'sin', 'sigmoid', 'lgamma'],
  float64: ['neg', 'abs', 'floor', 'exp', 'expm1', 'cos', 'erf', 'digamma'],
  int32: ['neg', 'abs', 'sign', 'not'],
  uint32: ['neg', 'not', 'sign'],
  bool: ['not'],
}

/** Functions of float32 that differ from those of JavaScript in the last bits, where they are not its own. */
const inexact: readonly ScalarOp[] = ['exp', 'log', 'tanh', 'sin', 'sigmoid']

const words = ['float32', 'int32', 'uint32'] as const

/**
 * A list of expressions over `extents`, each a random operation on earlier ones, so that they share nodes.
 * `leaves` are usable besides loads, constants and indices.
 */
export const expressions = (
  g: Draw,
  draft: ProgramDraft,
  extents: Shape,
  count: number,
  leaves: readonly Expr[] = [],
  withInexact = true,
): Expr[] => {
  const functions = (dtype: DType): readonly ScalarOp[] =>
    withInexact || dtype !== 'float32' ? unary[dtype] : unary[dtype].filter((fn) => !inexact.includes(fn))
  const made: Expr[] = [...leaves]
  const some = (dtype: DType): Expr => {
    const fitting = made.filter((e) => e.dtype === dtype)
    return fitting.length > 0
      ? oneOf(g, fitting)
      : constant(dtype === 'bool' ? int(g, 0, 1) : int(g, 0, 7), dtype)
  }
  const next = (): Expr => {
    const dtype = oneOf(g, dtypes)
    switch (
      oneOf(g, [
        'load',
        'load',
        'const',
        'index',
        'unary',
        'binary',
        'binary',
        'compare',
        'select',
        'convert',
        'bitcast',
      ])
    ) {
      case 'load':
        return load(g, draft, extents, dtype, made)
      case 'index':
        return extents.length > 0 ? loopIndex(int(g, 0, extents.length - 1)) : constant(-0, 'float32')
      case 'unary':
        return apply(oneOf(g, functions(dtype)), [some(dtype)])
      case 'binary':
        return apply(oneOf(g, binary[dtype]), [some(dtype), some(dtype)])
      case 'compare':
        return compare(oneOf(g, ['eq', 'ne', 'lt', 'le', 'gt', 'ge'] as const), some(dtype), some(dtype))
      case 'select':
        return select(some('bool'), some(dtype), some(dtype))
      case 'convert':
        return apply('convert', [some(dtype)], oneOf(g, dtypes))
      case 'bitcast':
        // Not from floats: which of its bit patterns a NaN has is left open.
        return apply('bitcast', [some(oneOf(g, ['int32', 'uint32'] as const))], oneOf(g, words))
      default:
        return constant(
          isFloat(dtype) ? oneOf(g, [-0, Number.NaN, Number.POSITIVE_INFINITY, 1.5]) : int(g, 0, 1),
          dtype,
        )
    }
  }
  for (let k = 0; k < count; k++) made.push(next())
  return made
}
