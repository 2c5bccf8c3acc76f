import { type Aval, formatAval, type Shape, sameShape } from '../../ir/aval.js'
import { DTypeError, ShapeError } from '../../ir/errors.js'
import { apply, constant, type Expr, loopIndex } from '../../ir/expr.js'
import { windowedShape } from './windowParams.js'

/** The extent of windows without gaps, and their steps. */
export type SelectionParams = { readonly window: readonly number[]; readonly strides: readonly number[] }

/** The number of windows along each axis of an operand without padding. @throws ShapeError */
export const countedShape = (
  name: string,
  x: Aval,
  p: SelectionParams & { readonly dilation?: readonly number[] },
): Shape => {
  const ones = x.shape.map(() => 1)
  return windowedShape(name, x, {
    window: p.window,
    strides: p.strides,
    padding: ones.map(() => [0, 0]),
    baseDilation: ones,
    windowDilation: p.dilation ?? ones,
  })
}

/** Σ step·i over loops of a nest, as an expression. */
export const combined = (terms: readonly { readonly axis: number; readonly step: number }[]): Expr =>
  terms.reduce<Expr | null>((sum, { axis, step }) => {
    const index = loopIndex(axis)
    const term = step === 1 ? index : apply('mul', [index, constant(step, 'int32')])
    return sum === null ? term : apply('add', [sum, term])
  }, null) ?? constant(0, 'int32')

/** Row-major strides of the places in a window. */
export const placeStrides = (window: Shape): readonly number[] =>
  window.map((_, i) => window.slice(i + 1).reduce((n, d) => n * d, 1))

/** Axes along which a window has several elements. */
export const longAxes = (window: Shape): readonly number[] => window.flatMap((d, i) => (d > 1 ? [i] : []))

/** Every axis of a nest's space by itself, unmoved. */
export const asItIs = (shape: Shape) => shape.map((_, axis) => ({ offset: 0, terms: [{ axis, step: 1 }] }))

/** @throws ShapeError, DTypeError unless there is an int32 for each window */
export const requireSamePlaces = (name: string, places: Aval, shape: Shape): void => {
  if (places.dtype !== 'int32') {
    throw new DTypeError(`${name}: int32 places are required, got ${formatAval(places)}.`)
  }
  if (!sameShape(places.shape, shape)) {
    throw new ShapeError(
      `${name}: a place for each window, of shape [${shape.join(',')}], is required, got ${formatAval(places)}.`,
    )
  }
}
