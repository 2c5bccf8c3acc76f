import { definePrimitive, type NoParams, type Primitive } from '../../graph/primitive.js'
import type { DType } from '../../ir/dtype.js'
import { apply, type BinaryOp, type UnaryOp } from '../../ir/expr.js'
import { type Accepts, elementwiseShape } from './rules.js'

/** Rules of a primitive that works element by element, and is not linear. */
export const pointwise = { linearize: 'fromJvp', transpose: 'nonlinear', batch: 'elementwise' } as const

type Elementwise = Pick<Primitive<NoParams>, 'jvp'> &
  Partial<Pick<Primitive<NoParams>, 'transpose'>> & {
    /** The scalar function that is applied at each point. */
    readonly name: UnaryOp | BinaryOp
    /** Dtypes of its operands, which are equal. */
    readonly takes: Accepts
    /** The dtype of its result, unless it is the operands'. */
    readonly gives?: DType
  }

/** A primitive that applies a scalar function at each point of operands of one shape and dtype. */
export const elementwise = ({ name, takes, gives, ...rules }: Elementwise): Primitive<NoParams> =>
  definePrimitive<NoParams>({
    ...pointwise,
    ...rules,
    name,
    abstractEval: elementwiseShape(name, takes, gives),
    lower: () => ({ kind: 'elementwise', values: (args) => [apply(name, args, gives ?? args[0].dtype)] }),
  })
