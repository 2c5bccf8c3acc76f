import { bind1 } from '../../graph/bind.js'
import { definePrimitive } from '../../graph/primitive.js'
import { splatValue, type Tensor } from '../../graph/tensor.js'
import { type ReduceParams, reducedShape } from '../reductions/reduceSum.js'
import { mapped, only } from '../rules/rules.js'

/** x read backwards along `axes`. Linear, and its own transpose. */
export const revP = definePrimitive<ReduceParams>({
  name: 'rev',
  abstractEval: ([x], { axes }) => {
    reducedShape('rev', x, axes)
    return [x]
  },
  jvp: 'linear',
  linearize: 'fromJvp',
  transpose: (cts, _xs, { axes }) => [rev(only(cts), axes)],
  batch: (_size, [x], _b, { axes }) =>
    mapped(
      rev(
        x,
        axes.map((a) => a + 1),
      ),
    ),
  lower: ([x], { axes }) => ({
    kind: 'move',
    shape: x.shape,
    axes: x.shape.map((size, axis) =>
      axes.includes(axis) ? { axis, offset: size - 1, step: -1 } : { axis, offset: 0, step: 1 },
    ),
  }),
})

/** x reversed along `axes`. */
export const rev = (x: Tensor, axes: readonly number[]): Tensor => {
  reducedShape('rev', x, axes)
  return axes.length === 0 || splatValue(x) !== null ? x : bind1(revP, [x], { axes })
}
