import { describe, expect, it } from 'vitest'
import { grad, jit, makeGraph, np, printGraph, type Tensor, vmap } from '../../src/index.js'
import { optimize } from '../../src/passes/optimize.js'

const f32 = (shape: readonly number[]): Tensor => np.zeros(shape, { dtype: 'float32' })

/** Text as it stands in the source, without the indentation of the first line. */
const lines = (...text: readonly string[]): string => text.join('\n')

describe('printed graphs', () => {
  it('a function of one variable, with a literal', () => {
    expect(makeGraph((x: Tensor) => np.sin(x).mul(2).add(x))(f32([3])).toString()).toBe(
      lines(
        '{ lambda a:f32[3] .',
        '  let b:f32[3] = sin a',
        '      c:f32[3] = mul b 2:f32[3]',
        '      d:f32[3] = add c a',
        '  in (d) }',
      ),
    )
  })

  it('no equations, no inputs, several outputs', () => {
    expect(makeGraph((x: Tensor, y: Tensor) => [y, x, y])(f32([]), f32([2])).toString()).toBe(
      lines('{ lambda a:f32[] b:f32[2] .', '  in (b, a, b) }'),
    )
    expect(makeGraph(() => np.zeros([2]))().toString()).toBe(lines('{ lambda .', '  in (0:f32[2]) }'))
  })

  it('weak types, parameters, −0 and infinities', () => {
    expect(makeGraph((x: Tensor | number) => np.multiply(x, 2))(1).toString()).toBe(
      lines('{ lambda a:f32*[] .', '  let b:f32*[] = mul a 2:f32*[]', '  in (b) }'),
    )
    expect(makeGraph((x: Tensor) => x.sum({ axis: 1 }).add(-0).add(-Infinity))(f32([2, 3])).toString()).toBe(
      lines(
        '{ lambda a:f32[2,3] .',
        '  let b:f32[2] = reduceSum[axes=[1]] a',
        '      c:f32[2] = add b -0:f32[2]',
        '      d:f32[2] = add c -Infinity:f32[2]',
        '  in (d) }',
      ),
    )
  })

  it('the gradient of x·sin x: what the product rule says, in the order of reverse mode', () => {
    const { graph } = makeGraph(grad((x: Tensor) => np.sin(x).mul(x)))(f32([]))
    expect(printGraph(graph)).toBe(
      lines(
        '{ lambda a:f32[] .',
        '  let b:f32[] = sin a',
        '      c:f32[] = cos a',
        '      d:f32[] = mul b 1:f32[]',
        '      e:f32[] = mul 1:f32[] a',
        '      f:f32[] = mul e c',
        '      g:f32[] = add d f',
        '  in (g) }',
      ),
    )
    // sin x + x·cos x
    expect(printGraph(optimize(graph))).toBe(
      lines(
        '{ lambda a:f32[] .',
        '  let b:f32[] = sin a',
        '      c:f32[] = cos a',
        '      d:f32[] = mul a c',
        '      e:f32[] = add b d',
        '  in (e) }',
      ),
    )
  })

  it('the gradient of Σ sin(w·x) with respect to w is cos(w·x)·x', () => {
    const loss = (w: Tensor, x: Tensor) => np.sin(w.mul(x)).sum()
    expect(printGraph(optimize(makeGraph(grad(loss))(f32([2]), f32([2])).graph))).toBe(
      lines(
        '{ lambda a:f32[2] b:f32[2] .',
        '  let c:f32[2] = mul a b',
        '      d:f32[2] = cos c',
        '      e:f32[2] = mul d b',
        '  in (e) }',
      ),
    )
  })

  it('a mapped function: operations on whole batches, unmapped arguments repeated', () => {
    const f = vmap((x: Tensor, w: Tensor) => np.sin(x).mul(w), [0, null])
    expect(makeGraph(f)(f32([3]), f32([])).toString()).toBe(
      lines(
        '{ lambda a:f32[3] b:f32[] .',
        '  let c:f32[3] = sin a',
        '      d:f32[3] = broadcastInDim[shape=[3] dims=[]] b',
        '      e:f32[3] = mul c d',
        '  in (e) }',
      ),
    )
  })

  it('a jitted function is one equation with its graph; names are local to it', () => {
    const twice = (x: Tensor) => x.add(x)
    expect(makeGraph((x: Tensor) => jit(twice)(np.sin(x)))(f32([])).toString()).toBe(
      lines(
        '{ lambda a:f32[] .',
        '  let b:f32[] = sin a',
        '      c:f32[] = call[graph={ lambda a:f32[] .',
        '    let b:f32[] = add a a',
        '    in (b) } name=jit(twice)] b',
        '  in (c) }',
      ),
    )
  })

  it('captured values lead the inputs, dead equations are gone, equal ones are one', () => {
    const table = np.array([1, 2])
    const f = (x: Tensor) => {
      x.mul(100)
      return np.sin(x).add(table).mul(np.sin(x))
    }
    expect(makeGraph(f)(f32([2])).toString()).toBe(
      lines(
        '{ lambda a:f32[2] b:f32[2] .',
        '  let c:f32[2] = sin b',
        '      d:f32[2] = add c a',
        '      e:f32[2] = mul d c',
        '  in (e) }',
      ),
    )
  })

  it('more than 26 variables: aa follows z', () => {
    const text = makeGraph((x: Tensor) => {
      let y = x
      for (let i = 0; i < 27; i++) y = np.sin(y)
      return y
    })(f32([])).toString()
    expect(text).toContain('      z:f32[] = sin y\n      aa:f32[] = sin z\n      ab:f32[] = sin aa\n')
  })
})
