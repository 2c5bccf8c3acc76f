import { describe, expect, it } from 'vitest'
import { wasmBackend } from '../../../src/backends/wasm/index.js'
import { webAssembly } from '../../../src/backends/wasm/webAssembly.js'
import { schedule } from '../../../src/compiler/schedule/schedule.js'
import { jit, np, type Tensor } from '../../../src/index.js'
import { cpuCosts } from '../../../src/ir/costs.js'

if (webAssembly === undefined) throw new Error('the tests of the WebAssembly engine need WebAssembly')
const { Memory, Module, Instance, validate } = webAssembly

/** Runs a function in an engine of its own; gives its results, and the bytes of the greatest module made for it. */
const compiled = (f: (...xs: Tensor[]) => readonly Tensor[], args: readonly (readonly number[])[]) => {
  let bytes = 0
  const measured = new Proxy(Module, {
    construct: (of, [code]: [Uint8Array]) => {
      bytes = Math.max(bytes, code.length)
      return new of(code)
    },
  })
  const backend = wasmBackend({ Memory, Module: measured, Instance, validate }, { threads: 1 })
  const { optimized } = jit(f).lower(...args.map((x) => np.array(x, { dtype: 'float32' })))
  const program = schedule(optimized, cpuCosts)
  const inputs = args.map((x) => backend.upload(Float32Array.from(x)))
  const { run, placements } = backend.compile(program)
  const outs = run(
    inputs,
    inputs.map(() => false),
  )
  const texts = (placements ?? []).flatMap((p) => p.sources)
  return { bytes, steps: program.steps.length, texts, outs: outs.map((h) => [...backend.downloadSync(h)]) }
}

const filled = (value: number): readonly number[] => new Array<number>(3000).fill(value)

describe('kernels of one shape', () => {
  it('read and write their own buffers', () => {
    const { outs, steps } = compiled(
      (a, b, c, d, e, f, g) => [a.mul(b), c.mul(c), d.mul(e), f.mul(-0), g.mul(0)],
      [2, 3, 5, 7, 11, 13, 17].map(filled),
    )
    expect(steps).toBe(5)
    expect(outs.map((o) => o[2])).toEqual([6, 25, 77, -0, 0])
  })

  it('are written once', () => {
    const sums = (n: number) =>
      compiled(
        (x) => {
          let y = x
          for (let i = 0; i < n; i++) y = np.cumsum(np.tanh(np.sin(np.exp(y))), 0)
          return [y]
        },
        [filled(0)],
      )
    const [few, many] = [sums(2), sums(30)]
    expect(many.steps - few.steps).toBe(56)
    // a call each
    expect((many.bytes - few.bytes) / 28).toBeLessThan(100)
    expect(few.bytes).toBeGreaterThan(1000)
  })

  it('are shown with their own buffers', () => {
    const { texts } = compiled((a, b, c, d) => [a.mul(b), c.mul(d)], [2, 3, 5, 7].map(filled))
    /** The addresses that a text takes from the table, in order. */
    const tabled = (text: string) => [...text.matchAll(/i32\.load offset=(\d+)/g)].map((m) => +m[1] / 4)
    expect(texts).toHaveLength(2)
    expect(texts.map((t) => new Set(tabled(t)).size)).toEqual([3, 3])
    expect(tabled(texts[0])).not.toEqual(tabled(texts[1]))
  })
})

describe('kernels of one unit', () => {
  it('have no code for other numbers of points', () => {
    const of = (length: number) =>
      compiled((x) => [np.tanh(np.sin(x))], [new Array<number>(length).fill(0.5)]).bytes
    const [wide, narrow] = [of(64), of(4)]
    expect(narrow).toBeLessThan(wide / 2)
    expect(wide).toBeLessThan(of(6400) * 0.8)
  })

  it.each([1, 3, 4, 16, 23, 64, 1023, 1024, 1025])('compute all of %d points', (length) => {
    const x = Array.from({ length }, (_, i) => i)
    const { outs } = compiled((a) => [a.mul(2).add(1)], [x])
    expect(outs).toEqual([x.map((v) => 2 * v + 1)])
  })
})
