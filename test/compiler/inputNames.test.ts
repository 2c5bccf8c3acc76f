import { describe, expect, it } from 'vitest'
import { inputNames } from '../../src/compiler/inputNames.js'
import { explain } from '../../src/debug.js'
import { jit, np, type Tensor } from '../../src/index.js'

describe('inputNames', () => {
  it.each<readonly [string, readonly (string | null)[], readonly string[]]>([
    ['(p, x) => p.w', ['0.w', '0.layers.1.b', '1'], ['p.w', 'p.layers.1.b', 'x']],
    ['x => x', ['0'], ['x']],
    ['async x => x', ['0'], ['x']],
    [
      'function step(a, { b, c } = { b: [1, 2] }, d = f(1, 2)) {}',
      ['0', '1.b', '2'],
      ['a', 'argument 1.b', 'd'],
    ],
    ['(...args) => g(...args)', ['0', '1'], ['argument 0', 'argument 1']],
    ['method(x , y ) {}', ['1'], ['y']],
    ['(x) => x', [null, '0', null], ['captured 0', 'x', 'captured 1']],
    ['function () { [native code] }', ['0'], ['argument 0']],
  ])('of %s', (source, paths, names) => {
    expect(inputNames(source, paths)).toEqual(names)
  })

  it('are in the text of explain, beside the letters of the graph', () => {
    const f = jit((p: { w: Tensor }, x: Tensor) => np.exp(x).mul(p.w), { backend: 'reference' })
    const text = explain(f.lower({ w: np.ones([2]) }, np.ones([2])))
    expect(text).toMatch(/lambda a:f32\[2\] b:f32\[2\] \.\n.* = exp b\n/)
    expect(text).toContain('\n\ninputs: a is p.w, b is x\n\n')
    expect(explain(jit(() => np.ones([2]).mul(2)).lower())).not.toContain('inputs:')
  })

  it('are on the page of explain, static arguments left out', () => {
    const scale = np.array([3])
    const f = jit(
      (power: number, params: { w: Tensor; b: Tensor }, x: Tensor) =>
        np.exp(x.mul(params.w)).add(params.b).mul(scale).mul(power),
      { staticArgs: [0], backend: 'reference' },
    )
    const [w, b, x] = [np.ones([2]), np.ones([2]), np.ones([2])]
    const page = explain(f.lower(2, { w, b }, x), { html: true })
    const titles = [...page.matchAll(/<title>([^<]*)<\/title><rect/g)].map(([, title]) => title)
    for (const name of ['captured 0', 'params.w', 'params.b', 'x'])
      expect(titles.filter((title) => title.startsWith(`${name}: f32[`))).toHaveLength(1)
  })
})
