import { describe, expect, it } from 'vitest'
import { checkGraph } from '../../src/debug.js'
import { newEqn, newGraph, newLit, newVar } from '../../src/graph/graph.js'
import { aval } from '../../src/ir/aval.js'
import { callP } from '../../src/ops/control/call.js'
import { addP } from '../../src/ops/elementwise/arithmetic.js'
import { sinP } from '../../src/ops/elementwise/trigonometric.js'

const f32 = aval([2], 'float32')
const [a, b, c] = [newVar(f32), newVar(f32), newVar(f32)]
const sine = newEqn(sinP, {}, [a], [b])

describe('checkGraph', () => {
  it('accepts a sound graph and returns it', () => {
    const graph = newGraph([a], [sine, newEqn(addP, {}, [b, newLit(1, f32)], [c])], [c, a])
    expect(checkGraph(graph)).toBe(graph)
  })

  it('names the place where a variable is used before it is bound', () => {
    expect(() => checkGraph(newGraph([], [sine], [b]))).toThrow(
      /internal: unsound graph at equation 0 \(sin\).*before it is bound/,
    )
    expect(() => checkGraph(newGraph([a], [], [b]))).toThrow(/at the outputs.*before it is bound/)
    const later = newGraph([a], [newEqn(addP, {}, [a, c], [b]), newEqn(sinP, {}, [b], [c])], [c])
    expect(() => checkGraph(later)).toThrow(/equation 0 \(add\)/)
  })

  it('refuses a variable that is bound twice', () => {
    expect(() => checkGraph(newGraph([a, a], [], [a]))).toThrow(/input 1.*bound twice/)
    expect(() => checkGraph(newGraph([a], [sine, sine], [b]))).toThrow(/equation 1 \(sin\).*bound twice/)
    expect(() => checkGraph(newGraph([a, b], [sine], [b]))).toThrow(/bound twice/)
  })

  it('refuses outputs that are not what the shape rule says', () => {
    const wrong = (shape: readonly number[], dtype: 'float32' | 'float64') =>
      newGraph([a], [newEqn(sinP, {}, [a], [newVar(aval(shape, dtype))])], [a])
    expect(() => checkGraph(wrong([3], 'float32'))).toThrow(/f32\[2\] by its rule, bound as f32\[3\]/)
    expect(() => checkGraph(wrong([2], 'float64'))).toThrow(/bound as f64\[2\]/)
    expect(() => checkGraph(newGraph([a], [newEqn(sinP, {}, [a], [b, c])], [a]))).toThrow(
      /1 outputs by its rule, 2 bound/,
    )
  })

  it('checks sub-graphs too, which must be closed', () => {
    const open = newGraph([], [sine], [b])
    const graph = newGraph([a], [newEqn(callP, { graph: open, name: 'f' }, [], [c])], [c])
    expect(() => checkGraph(graph)).toThrow(/unsound graph at equation 0 \(sin\)/)
  })
})
