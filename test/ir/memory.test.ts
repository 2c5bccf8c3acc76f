import { describe, expect, it } from 'vitest'
import { cond, jit, np, scan, type Tensor, whileLoop } from '../../src/index.js'
import { intermediateBytes, lastUses, peakBytes, reads, writes } from '../../src/ir/memory.js'

const bytes = 8 * 4
const programOf = (f: (x: Tensor) => Tensor) => jit(f).lower(np.zeros([8])).program

describe('bytes of a program', () => {
  it('count inputs and outputs, and intermediate values while something will still read them', () => {
    // a running product is no loop nest, so that what it takes and gives is kept
    const step = (x: Tensor) => np.cumprod(x)
    const chain = programOf((x) => step(step(step(step(x)))))
    expect(peakBytes(chain)).toBe(2 * bytes + 2 * bytes)
    const kept = programOf((x) => {
      const first = step(x)
      return step(step(first)).mul(first)
    })
    expect(intermediateBytes(kept)).toBe(3 * bytes)
    expect(peakBytes(programOf((x) => np.sin(x)))).toBe(2 * bytes)
    expect(peakBytes(programOf((x) => np.sin(np.cos(np.exp(x)))))).toBe(2 * bytes)
  })

  it('of a loop count a second copy of what is carried, and what its body needs, once', () => {
    const loop = (length: number) =>
      programOf(
        (x) => scan((c: Tensor) => [np.cumprod(np.cumprod(c)), null] as const, x, null, { length })[0],
      )
    expect(peakBytes(loop(4))).toBe(2 * bytes + bytes + bytes)
    expect(peakBytes(loop(400))).toBe(peakBytes(loop(4)))
    const until = programOf((x) =>
      whileLoop(
        (c: Tensor) => c.sum().less(9),
        (c: Tensor) => c.add(1),
        x,
      ),
    )
    // the condition is one kernel, and needs nothing more
    expect(peakBytes(until)).toBe(2 * bytes + bytes)
  })

  it('of branches count the larger one', () => {
    const small = (x: Tensor) => np.cumprod(x)
    const large = (x: Tensor) => np.cumprod(np.cumprod(np.cumprod(x)))
    const program = jit((p: Tensor, x: Tensor) => cond(p, large, small, x)).lower(
      np.array(true),
      np.zeros([8]),
    ).program
    // the predicate, and the index made of it
    expect(peakBytes(program)).toBe(2 * bytes + 1 + 4 + 2 * bytes)
  })

  it('know what steps read and write', () => {
    const { steps, inputs, outputs } = programOf((x) => np.cumsum(np.sin(x)).add(x))
    expect(reads(steps[0])).toEqual(inputs)
    expect(writes(steps[steps.length - 1])).toEqual(outputs)
    const last = lastUses({ buffers: [], inputs, steps, outputs })
    expect(last.get(inputs[0])).toBe(steps.length - 1)
  })
})
