import { describe, expect, it } from 'vitest'
import { grad, jit, jvp, makeGraph, np, type Tensor, TracerLeakError, vjp, vmap } from '../../src/index.js'
import { expectClose, scalar, vector } from './doubles.js'

/** What a function saw as its argument, kept beyond its trace. */
const kept = (run: (f: (x: Tensor) => Tensor) => unknown): Tensor => {
  const seen: Tensor[] = []
  run((x) => {
    seen.push(x.sum())
    return x.sum()
  })
  return seen[0]
}

const transforms: readonly (readonly [string, (f: (x: Tensor) => Tensor) => unknown])[] = [
  ['jit', (f) => jit(f)(vector(1, 2))],
  ['grad', (f) => grad(f)(vector(1, 2))],
  ['vmap', (f) => vmap(f)(vector(1, 2))],
  ['jvp', (f) => jvp(f, [vector(1)], [vector(1)])],
  ['vjp', (f) => vjp(f, vector(1))],
  ['makeGraph', (f) => makeGraph(f)(vector(1))],
]

describe('a tracer that outlives its trace', () => {
  it.each(transforms)('of %s is refused by every use, naming the trace and where it began', (name, run) => {
    const leaked = kept(run)
    for (const use of [
      () => leaked.add(1),
      () => np.sin(leaked),
      () => leaked.item(),
      () => leaked.dataSync(),
      () => jit((x: Tensor) => x.add(leaked))(scalar(1)),
      () => grad((x: Tensor) => x.add(leaked).sum())(scalar(1)),
      () => vmap((x: Tensor) => x.add(leaked))(vector(1)),
      () => makeGraph(() => leaked)(),
    ])
      expect(use).toThrow(TracerLeakError)
    expect(() => leaked.add(1)).toThrow(`${name}(`)
    expect(() => leaked.add(1)).toThrow(/leaks\.test\.ts:\d+/)
  })

  it('shape and dtype stay readable', () => {
    const leaked = kept((f) => jit(f)(vector(1, 2)))
    expect(leaked.shape).toEqual([])
    expect(leaked.dtype).toBe('float64')
  })

  it('an inner tracer used by the outer function after the inner trace ended', () => {
    const f = jit((x: Tensor) => {
      const inner: Tensor[] = []
      grad((y: Tensor) => {
        inner.push(y.mul(x))
        return y
      })(x)
      return inner[0].add(x)
    })
    expect(() => f(scalar(1))).toThrow(TracerLeakError)
  })

  it('an outer tracer in an inner function is no leak', () => {
    expectClose(grad((x: Tensor) => jit((y: Tensor) => y.mul(x))(x))(scalar(3)), [6])
  })

  it('a function that throws while it is traced leaves no trace open', () => {
    const broken = (_x: Tensor): Tensor => {
      throw new Error('mine')
    }
    for (const [, run] of transforms) expect(() => run(broken)).toThrow('mine')
    expectClose(scalar(1).add(1), [2])
    expectClose(grad((x: Tensor) => x.mul(x))(scalar(3)), [6])
  })
})
