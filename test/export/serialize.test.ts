import { isLeft, isRight } from 'fp-ts/lib/Either.js'
import { PathReporter } from 'io-ts/lib/PathReporter.js'
import { describe, expect, it } from 'vitest'
import { graphCodec } from '../../src/export.js'
import { evalGraph } from '../../src/graph/evaluate.js'
import { customJvp, GradError, grad, graphKey, jit, makeGraph, np, type Tensor } from '../../src/index.js'

const sample = makeGraph(
  grad((x: Tensor) => jit((y: Tensor) => np.sin(y).mul(-0).add(Number.NaN).sum())(x.mul(Infinity))),
)(np.array([1, 2])).graph

/** A copy of the sample's JSON, changed. */
const changed = (change: (json: Record<string, unknown>) => void): unknown => {
  const json: Record<string, unknown> = JSON.parse(JSON.stringify(graphCodec.encode(sample)))
  change(json)
  return json
}

const equation = (json: Record<string, unknown>, i = 0): Record<string, unknown> =>
  (json.eqns as Record<string, unknown>[])[i]

describe('a graph as JSON', () => {
  it('comes back equal: NaN, −0 and infinities, sub-graphs and parameters', () => {
    const decoded = graphCodec.decode(JSON.parse(JSON.stringify(graphCodec.encode(sample))))
    expect(isRight(decoded)).toBe(true)
    if (isRight(decoded)) {
      expect(graphKey(decoded.right)).toBe(graphKey(sample))
      const [before] = evalGraph(sample, [np.array([1, 2])])
      const [after] = evalGraph(decoded.right, [np.array([1, 2])])
      expect(after.toArray()).toEqual(before.toArray())
    }
  })

  it('cannot hold the rules of custom functions, and says so by name', () => {
    const noisy = customJvp(
      function noisy(x: Tensor) {
        return np.sin(x)
      },
      ([x], [dx]) => [np.sin(x), dx],
    )
    const { graph } = makeGraph((x: Tensor) => noisy(x))(np.array(1))
    expect(() => graphCodec.encode(graph)).toThrow(GradError)
    expect(() => graphCodec.encode(graph)).toThrow(/noisy/)
  })

  it.each<readonly [string, unknown]>([
    ['null', null],
    ['a number', 3],
    ['an array', []],
    ['an empty object', {}],
    ['another format', changed((j) => (j.format = 'something'))],
    ['a version of the future', changed((j) => (j.version = 2))],
    ['no equations', changed((j) => delete j.eqns)],
    ['inputs that are no list', changed((j) => (j.inputs = 'two'))],
    ['an unknown dtype', changed((j) => (j.inputs = [{ shape: [2], dtype: 'float16', weakType: false }]))],
    ['an unknown primitive', changed((j) => (equation(j).primitive = 'teleport'))],
    ['a primitive named as a method of objects', changed((j) => (equation(j).primitive = 'toString'))],
    ['a variable that is not bound', changed((j) => (equation(j).inputs = [{ var: 99 }]))],
    ['a variable with a negative number', changed((j) => (equation(j).inputs = [{ var: -1 }]))],
    ['a variable with half a number', changed((j) => (equation(j).inputs = [{ var: 0.5 }]))],
    ['an operand that is neither', changed((j) => (equation(j).inputs = [{ name: 'x' }]))],
    ['too few operands', changed((j) => (equation(j).inputs = []))],
    [
      'an output of another shape',
      changed((j) => (equation(j).outputs = [{ shape: [7], dtype: 'float32', weakType: false }])),
    ],
    ['an equation without parameters', changed((j) => delete equation(j).params)],
    [
      'parameters that are missing',
      changed((j) => {
        const at = (j.eqns as { primitive: string }[]).findIndex((e) => e.primitive === 'call')
        equation(j, at).params = {}
      }),
    ],
    ['a key of no meaning', changed((j) => (j.comment = 'hello'))],
    ['a key of no meaning in an equation', changed((j) => (equation(j).colour = 'red'))],
    [
      'a whole number that is none',
      changed((j) => (j.outputs = [{ lit: 1.5, aval: { shape: [], dtype: 'int32', weakType: false } }])),
    ],
    [
      'a number that is no float32',
      changed((j) => (j.outputs = [{ lit: 0.1, aval: { shape: [], dtype: 'float32', weakType: false } }])),
    ],
    [
      'a strong output written as a weak one',
      changed((j) => (equation(j).outputs = [{ shape: [2], dtype: 'float32', weakType: true }])),
    ],
  ])('%s is refused, with a report', (_what, json) => {
    const decoded = graphCodec.decode(json)
    expect(isLeft(decoded)).toBe(true)
    expect(PathReporter.report(decoded).join('\n')).not.toBe('')
  })
  it('unknown keys are refused by name', () => {
    const decoded = graphCodec.decode(changed((j) => (j.comment = 'hello')))
    expect(PathReporter.report(decoded).join('\n')).toMatch(/comment/)
  })
})
