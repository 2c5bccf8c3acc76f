import { describe, expect, it } from 'vitest'
import { explain } from '../../src/debug.js'
import { disableJit, GradError, grad, jit, jvp, np, type Tensor, vmap } from '../../src/index.js'
import { expectClose, mistyped, scalar, vector } from '../transforms/doubles.js'

describe('the cache of jit', () => {
  it('traces once for a signature: shape, dtype, weak type, structure', () => {
    const f = jit((x: Tensor | number) => np.mul(x, 2))
    expectClose(f(vector(1, 2)), [2, 4])
    expectClose(f(vector(3, 4)), [6, 8])
    expect(f.traceCount()).toBe(1)
    expectClose(f(vector(1, 2, 3)), [2, 4, 6])
    expect(f.traceCount()).toBe(2)
    expect(f(np.array([1, 2])).dtype).toBe('float32')
    expect(f.traceCount()).toBe(3)
    f(1)
    f(2)
    expect(f.traceCount()).toBe(4)
    f(np.array(1))
    expect(f.traceCount()).toBe(5)
    f(vector(5, 6))
    expect(f.traceCount()).toBe(5)
  })

  it('distinguishes structures with the same leaves, and null from what is there', () => {
    const f = jit((t: unknown) => (Array.isArray(t) ? 'array' in t : t === null) && scalar(0))
    const g = jit((p: { readonly a?: Tensor | null; readonly b?: Tensor | null }) =>
      np.add(p.a ?? 10, p.b ?? 20),
    )
    expectClose(g({ a: scalar(1), b: null }), [21])
    expectClose(g({ a: null, b: scalar(1) }), [11])
    expectClose(g({ a: scalar(2), b: null }), [22])
    expect(g.traceCount()).toBe(2)
    expect(f.traceCount()).toBe(0)
  })

  it('static arguments are compared by value, functions by identity', () => {
    const calls: string[] = []
    const f = jit(
      (x: Tensor, options: { readonly power: number; readonly name?: string }, g: (x: Tensor) => Tensor) => {
        calls.push(`${options.power}`)
        return g(x.pow(options.power))
      },
      { staticArgs: [1, 2] },
    )
    const twice = (x: Tensor) => x.mul(2)
    expectClose(f(scalar(3), { power: 2 }, twice), [18])
    expectClose(f(scalar(4), { power: 2 }, twice), [32])
    expectClose(f(scalar(3), { power: 3 }, twice), [54])
    expectClose(
      f(scalar(3), { power: 3 }, (x) => x.neg()),
      [-27],
    )
    expectClose(f(scalar(3), { power: 2, name: 'other' }, twice), [18])
    expect(calls).toEqual(['2', '3', '3', '2'])
    expect(f.traceCount()).toBe(4)
  })

  it('static −0 and NaN are themselves', () => {
    const f = jit((x: Tensor, s: number) => (Object.is(s, -0) ? x.neg() : Number.isNaN(s) ? x.mul(0) : x), {
      staticArgs: [1],
    })
    expectClose(f(scalar(3), 0), [3])
    expectClose(f(scalar(3), -0), [-3])
    expectClose(f(scalar(3), Number.NaN), [0])
    expectClose(f(scalar(3), Number.NaN), [0])
    expect(f.traceCount()).toBe(3)
  })

  it('refuses tensors as static arguments, and arguments that are not there', () => {
    const f = jit((x: Tensor, y: unknown) => (y === null ? x : x.add(1)), { staticArgs: [1] })
    expect(() => f(scalar(1), scalar(2))).toThrow(/plain data is required as static argument 1/)
    expect(() => f(scalar(1), { nested: [scalar(2)] })).toThrow(GradError)
    expect(() => jit((x: Tensor) => x, { staticArgs: [1] })(scalar(1))).toThrow(
      /staticArgs within the 1 arguments/,
    )
    expect(() => jit((x: Tensor) => x, { donate: [-1] })(scalar(1))).toThrow(/donate/)
  })

  it('an entry that captured a tracer holds for that trace alone', () => {
    let captured: Tensor = scalar(0)
    const inner = jit((y: Tensor) => y.mul(captured))
    const f = (x: Tensor) => {
      captured = x
      return inner(scalar(10)).add(inner(scalar(1)))
    }
    expectClose(jvp(f, [scalar(2)], [scalar(1)])[0], [22])
    expectClose(jvp(f, [scalar(5)], [scalar(1)])[0], [55])
    expectClose(grad(f)(scalar(7)), [11])
    expect(inner.traceCount()).toBe(3)
  })

  it('an error while tracing is not remembered', () => {
    let fail = true
    const f = jit((x: Tensor) => {
      if (fail) throw new Error('not yet')
      return x.add(1)
    })
    expect(() => f(scalar(1))).toThrow('not yet')
    fail = false
    expectClose(f(scalar(1)), [2])
  })

  it('captured constants of any size, results that are inputs, repeated or constant', () => {
    const table = vector(1, 2, 3)
    const f = jit((x: Tensor) => ({ sum: x.add(table), same: x, again: x, constant: 7 }))
    const y = f(vector(10, 20, 30))
    expectClose(y.sum, [11, 22, 33])
    expectClose(y.same, [10, 20, 30])
    expectClose(y.again, [10, 20, 30])
    expectClose(mistyped<Tensor>(y.constant), [7], [])
    expectClose(mistyped<Tensor>(f(vector(1, 1, 1)).constant), [7])
  })
})

describe('donation', () => {
  it('donated tensors throw on later use, by name; others stay', () => {
    const [x, y] = [vector(1, 2), vector(3, 4)]
    const add = jit((a: { readonly t: Tensor }, b: Tensor) => a.t.add(b), { donate: [0] })
    expectClose(add({ t: x }, y), [4, 6])
    expect(() => x.add(1)).toThrow(/donated to jit/)
    expect(() => x.dataSync()).toThrow(GradError)
    expect(() => add({ t: x }, y)).toThrow(GradError)
    expectClose(y, [3, 4])
  })

  it('a donated tensor that comes back, or is given twice, is right', () => {
    const f = jit((a: Tensor, b: Tensor) => [a, a.add(b)] as const, { donate: [0] })
    const x = vector(1, 2)
    const [same, sum] = f(x, x)
    expectClose(same, [1, 2])
    expectClose(sum, [2, 4])
  })

  it.each(['reference', 'wasm'])(
    'a donated tensor that is used and comes back lives on, on %s',
    (backend) => {
      const f = jit(({ key, sum }: { key: Tensor; sum: Tensor }) => ({ key, sum: sum.add(key) }), {
        donate: [0],
        backend,
      })
      let state = { key: vector(1, 2), sum: vector(0, 0) }
      for (let i = 0; i < 3; i++) state = f(state)
      expectClose(state.sum, [3, 6])
      expectClose(state.key, [1, 2])
    },
  )

  it('a training loop that donates its state gives what one that does not gives', () => {
    const step = (x: Tensor) => x.mul(0.5).add(np.sin(x))
    const donating = jit(step, { donate: [0] })
    let a = vector(1, 2, 3)
    let b = vector(1, 2, 3)
    for (let i = 0; i < 5; i++) {
      a = donating(a)
      b = step(b)
    }
    expect(a.toArray()).toEqual(b.toArray())
  })

  it('inside another transform nothing is given up', () => {
    const f = jit((a: Tensor) => a.mul(a).sum(), { donate: [0] })
    const x = vector(1, 2)
    expectClose(grad(f)(x), [2, 4])
    expectClose(x, [1, 2])
  })
})

describe('jit and the rest', () => {
  it('disableJit runs the plain function, at any depth, and ends with its body', () => {
    let runs = 0
    const inner = jit((x: Tensor) => {
      runs++
      return x.item() > 0 ? x.mul(2) : x
    })
    const outer = jit((x: Tensor) => inner(x).add(1))
    expectClose(
      disableJit(() => outer(scalar(3))),
      [7],
    )
    expect(runs).toBe(1)
    expect(inner.traceCount()).toBe(0)
    expect(() => outer(scalar(3))).toThrow()
    expect(() =>
      disableJit(() => {
        throw new Error('inside')
      }),
    ).toThrow('inside')
    expect(() => inner(scalar(1))).toThrow()
  })

  it('lower shows the graph as traced and optimised, and the kernels', () => {
    const f = jit((x: Tensor) => np.sin(x).mul(1).add(np.sin(x)))
    const lowered = f.lower(vector(1, 2))
    expect(lowered.graph.eqns.map((e) => e.primitive.name)).toEqual(['sin', 'mul', 'add'])
    expect(lowered.optimized.eqns.map((e) => e.primitive.name)).toEqual(['sin', 'add'])
    const text = explain(lowered)
    expect(text).toContain('sin → f64[2]')
    expect(text).toContain('jit.test.ts:')
    expect(text).toMatch(/ends +b1: a result of the program/)
    expect(text).toMatch(/costs \d+ operations, 16 bytes read, 16 written/)
    const page = explain(lowered, { html: true })
    expect(page.startsWith('<!doctype html>')).toBe(true)
    expect(page).toContain('1 kernel for reference')
    expect(page).not.toMatch(/src=|href=/)
    expect(f.traceCount()).toBe(1)
  })

  it('jit of vmap of jit with a captured value of each level', () => {
    const scale = scalar(3)
    const f = jit((x: Tensor, s: Tensor) =>
      vmap((y: Tensor) => jit((z: Tensor) => z.mul(s).add(y).mul(scale))(y))(x),
    )
    expectClose(f(vector(1, 2), scalar(10)), [33, 66])
    expectClose(f(vector(1, 2), scalar(20)), [63, 126])
    expect(f.traceCount()).toBe(1)
  })

  it('keeps its function’s name, for messages', () => {
    const normalise = (x: Tensor) => x.item() > 0
    expect(jit(normalise).name).toBe('jit(normalise)')
    expect(() => jit(normalise)(scalar(1))).toThrow('jit(normalise)')
  })
})

describe('retraces', () => {
  it('say which argument changed, and how', () => {
    const f = jit((p: { w: Tensor }, scale: number, x: Tensor) => p.w.mul(x).mul(scale), { staticArgs: [1] })
    const p = { w: np.ones([3]) }
    f(p, 2, np.ones([3]))
    f(p, 2, np.ones([3]))
    expect(f.retraces()).toEqual([])
    f(p, 2, np.ones([2, 3]))
    f(p, 3, np.ones([2, 3]))
    f({ w: np.ones([1]) }, 3, np.ones([2, 3]))
    f({ w: np.ones([1]), b: p.w } as typeof p, 3, np.ones([2, 3]))
    expect(f.retraces()).toEqual([
      'argument 2 changed from f32[3] to f32[2,3]',
      'static argument 1 has another value',
      'argument 0 at w changed from f32[3] to f32[1]',
      'the structure of the arguments changed: argument 0 at b is new',
    ])
    expect(f.traceCount()).toBe(5)
    // a trace that failed is not what the next one is compared with
    expect(() => f(p, 3, np.ones([7]))).toThrow()
    f(p, 4, np.ones([2, 3]))
    expect(f.retraces().at(-1)).toBe('the structure of the arguments changed: argument 0 at b is gone')
  })
})
