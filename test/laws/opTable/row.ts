import * as fc from 'fast-check'
import { bind } from '../../../src/graph/bind.js'
import type { AnyPrimitive } from '../../../src/graph/primitive.js'
import type { Tensor } from '../../../src/graph/tensor.js'
import type { Shape } from '../../../src/ir/aval.js'
import { type DType, storedValue } from '../../../src/ir/dtype.js'
import type { LawName } from '../law.js'
import { formatPlain, type Plain } from '../plain.js'

/** One operand: its form, and where its elements are drawn from. */
export type Operand = {
  readonly dtype: DType
  readonly shape: Shape
  readonly elements: fc.Arbitrary<number>
  /** Makes matrices that the operation is defined on of arbitrary elements; the shape may have axes in front. */
  readonly matrices?: (elements: readonly number[], shape: Shape) => readonly number[]
}

/** Everything about an application of a primitive but the elements. */
export type Form<P extends object> = { readonly params: P; readonly operands: readonly Operand[] }

/** An application of a primitive to plain arrays. */
export type Case<P extends object = object> = { readonly params: P; readonly operands: readonly Plain[] }

/** What an oracle says; `scale`: the magnitudes its errors are measured by, where larger than the results. */
export type Expected = Plain & { readonly scale?: readonly number[] }

/** Where derivatives are compared with differences: forms of dtype float64, and cases away from kinks. */
export type Smooth<P extends object> = {
  readonly forms: fc.Arbitrary<Form<P>>
  where?(c: Case<P>): boolean
  /** Of differences, relative; 1e-7 unless there is a reason. */
  readonly tolerance?: number
}

/** Results within so many units in the last place of the oracle's. */
export type Ulps = { readonly float32: number; readonly float64: number; readonly why?: string }

/** How far a device's float32 results may be from the reference's, where that is not `deviceUlps`. */
export type OnDevice = {
  readonly ulps: number
  /** Operands of greater magnitude are left out. */
  readonly largest?: number
  readonly why: string
}

/** Units in the last place, of the result or of the oracle's scale, that results on devices may be off. */
export const deviceUlps = 4

/** All that the laws need to know of one primitive. */
export interface Row<P extends object = object> {
  readonly primitive: AnyPrimitive
  /** Dtypes of the operand that decides; the others are not taken. */
  readonly dtypes: readonly DType[]
  forms(dtype: DType): fc.Arbitrary<Form<P>>
  /** Independent of the library: naive loops and `Math`. */
  oracle(operands: readonly Plain[], params: P): readonly Expected[]
  readonly ulps: Ulps
  readonly device?: OnDevice
  /** Float operands are differentiated; a text says why there is no derivative. */
  readonly smooth: Smooth<P> | string
  /** Special values for elementwise primitives, or why there are none. */
  edges(dtype: DType): fc.Arbitrary<Form<P>> | string
  /** The only mode that it has derivatives in; the other refuses it by name. */
  readonly only?: 'forward' | 'reverse'
  /** Laws that do not apply, and why. */
  readonly exceptions: Partial<Record<LawName, string>>
  /** The primitive through its public maker, where it is not bound directly. */
  apply?(xs: readonly Tensor[], params: P): readonly Tensor[]
}

/** The operation of a row with its parameters fixed. */
export const operation =
  (row: Row, params: object) =>
  (...xs: readonly Tensor[]): readonly Tensor[] =>
    row.apply === undefined ? bind(row.primitive, xs, params) : row.apply(xs, params)

/** An array of the operand's form, with further axes put in front. */
export const plainOf = (
  { dtype, shape, elements, matrices = (data) => data }: Operand,
  batch: Shape = [],
): fc.Arbitrary<Plain> => {
  const whole = [...batch, ...shape]
  const size = whole.reduce((n, d) => n * d, 1)
  return fc
    .array(elements, { minLength: size, maxLength: size })
    .map((data) => ({ dtype, shape: whole, data: matrices(data, whole).map((x) => storedValue(dtype, x)) }))
}

/** Elements for a form. */
const caseOf = <P extends object>(form: Form<P>): fc.Arbitrary<Case<P>> =>
  fc.tuple(...form.operands.map((o) => plainOf(o))).map((operands) => ({ params: form.params, operands }))

export const cases = <P extends object>(forms: fc.Arbitrary<Form<P>>): fc.Arbitrary<Case<P>> =>
  forms.chain(caseOf)

const printParams = (params: object): string =>
  Object.keys(params).length === 0 ? '' : JSON.stringify(params)

/** `slice{"start":[0]}(f32[2] (1, 2))`. */
export const formatCase = (row: Row, { params, operands }: Case): string =>
  `${row.primitive.name}${printParams(params)}(${operands.map(formatPlain).join(', ')})`
