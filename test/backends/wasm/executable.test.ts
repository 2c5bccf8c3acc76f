import { describe, expect, it } from 'vitest'
import { wasmBackend } from '../../../src/backends/wasm/index.js'
import type { Arena } from '../../../src/backends/wasm/memory/arena.js'
import type { WasmArray } from '../../../src/backends/wasm/memory/wasmArray.js'
import { placesOf } from '../../../src/backends/wasm/program/places.js'
import { webAssembly } from '../../../src/backends/wasm/webAssembly.js'
import { schedule } from '../../../src/compiler/schedule/schedule.js'
import { explain } from '../../../src/debug.js'
import { grad, jit, np, pureCallback, type Tensor } from '../../../src/index.js'
import type { Handle } from '../../../src/ir/backend.js'
import { cpuCosts } from '../../../src/ir/costs.js'

if (webAssembly === undefined) throw new Error('the tests of the WebAssembly engine need WebAssembly')
const backend = wasmBackend(webAssembly)

const arenaOf = (h: Handle): Arena => (h as WasmArray).arena

const address = (h: Handle): number => (h as WasmArray).block.address

const programOf = (f: (...xs: Tensor[]) => Tensor, ...args: readonly Tensor[]) =>
  schedule(jit(f).lower(...args).optimized, cpuCosts)

describe('memory of programs', () => {
  const network = (x: Tensor, w: Tensor): Tensor =>
    np
      .tanh(np.tanh(x.matmul(w)).matmul(w))
      .mul(2)
      .sum({ axis: 0 })

  it('is all given back, but for the outputs', () => {
    const program = programOf(network, np.zeros([50, 30]), np.zeros([30, 30]))
    const executable = backend.compile(program)
    const [x, w] = [1500, 900].map((n) => backend.upload(new Float32Array(n).fill(0.1)))
    // the panels of multiplication are allocated once
    for (const h of executable.run([x, w], [false, false])) backend.free(h)
    const arena = arenaOf(x)
    const before = [arena.usedBytes, arena.memory.buffer.byteLength]
    for (let i = 0; i < 50; i++) for (const h of executable.run([x, w], [false, false])) backend.free(h)
    expect([arena.usedBytes, arena.memory.buffer.byteLength]).toEqual(before)
  })

  it('of an intermediate becomes that of the next, where it is read for the last time, and where it is written', () => {
    const bytes = (f: (x: Tensor) => Tensor): number => {
      const program = programOf(f, np.zeros([64, 64]))
      const { steps, buffers } = program
      return (
        placesOf(
          program,
          steps.map((step) => [{ step, plan: null }]),
          buffers.length,
          steps.map(() => []),
        ).bytes - 64
      )
    }
    const buffer = 4 * 64 * 64
    const sums = (x: Tensor): Tensor => np.cumsum(x, 0)
    expect(bytes((x) => sums(sums(x).mul(2)))).toBe(buffer)
    expect(bytes((x) => sums(sums(x).transpose()))).toBe(2 * buffer)
    expect(bytes((x) => sums(sums(sums(x).mul(2)).mul(3)))).toBe(2 * buffer)
    // the first sums are read once more
    const twice = (x: Tensor): Tensor => {
      const y = sums(x)
      return sums(sums(y.mul(2)).add(y))
    }
    expect(bytes(twice)).toBe(3 * buffer)
  })

  it('of donated inputs becomes that of outputs, where each element is read where it is written', () => {
    const run = (f: (...xs: Tensor[]) => Tensor, donated: boolean, twice = false) => {
      const x = np.zeros([4, 4])
      const executable = backend.compile(programOf(f, x, x))
      const a = backend.upload(Float32Array.from({ length: 16 }, (_, i) => i))
      const b = twice ? a : backend.upload(new Float32Array(16).fill(2))
      const [place, other] = [address(a), address(b)]
      const [out] = executable.run([a, b], [donated, donated && twice])
      return { isReused: [place, other].includes(address(out)), values: [...backend.downloadSync(out)] }
    }
    const wanted = Array.from({ length: 16 }, (_, i) => 3 * i + 2)
    const affine = (x: Tensor, y: Tensor): Tensor => x.mul(3).add(y)
    expect(run(affine, true)).toEqual({ isReused: true, values: wanted })
    expect(run(affine, false)).toEqual({ isReused: false, values: wanted })
    // one array given for both: it is read in two ways
    expect(run((x, y) => x.add(y.transpose()), true, true).isReused).toBe(false)
    const turned = run((x, y) => x.transpose().add(y), true)
    expect(turned.values).toEqual(Array.from({ length: 16 }, (_, i) => (i % 4) * 4 + (i >> 2) + 2))
  })

  it('of an output holds what it is computed from, where each element is read where it is written', () => {
    const sums = (x: Tensor): Tensor => np.cumsum(x, 0)
    const zeros = np.zeros([64, 64])
    const x = Float32Array.from({ length: 64 * 64 }, (_, i) => ((i * 7) % 13) - 6)
    const run = (f: (x: Tensor) => Tensor, donated: boolean) => {
      const program = programOf(f, zeros)
      const { steps, buffers } = program
      const groups = steps.map((step) => [{ step, plan: null }])
      const places = placesOf(
        program,
        groups,
        buffers.length,
        steps.map(() => []),
      )
      const input = backend.upload(x)
      const place = address(input)
      const [out] = backend.compile(program).run([input], [donated])
      return {
        inOutput: places.inOutputs.size,
        isReused: address(out) === place,
        values: [...backend.downloadSync(out)],
      }
    }
    const wanted = (f: (x: Tensor) => Tensor) => [
      ...jit(f, { backend: 'reference' })(np.array(x).reshape([64, 64])).dataSync(),
    ]
    // the input's memory cannot be the output's: it is read after the sums are there
    const later = (t: Tensor): Tensor => sums(t).mul(sums(t.mul(2)).transpose())
    for (const donated of [false, true])
      expect(run(later, donated)).toEqual({ inOutput: 1, isReused: false, values: wanted(later) })
    // it can be: it is read before
    const sooner = (t: Tensor): Tensor => sums(t.transpose().mul(2)).mul(3)
    for (const donated of [false, true])
      expect(run(sooner, donated)).toEqual({ inOutput: 1, isReused: donated, values: wanted(sooner) })
  })

  it('of donated inputs becomes that of a multiplication’s outputs, which read them after its sums', () => {
    const n = 32
    const numbers = (seed: number) =>
      Float32Array.from({ length: n * n }, (_, i) => ((i * seed) % 17) / 8 - 1)
    const run = (f: (...xs: Tensor[]) => Tensor, donated: readonly boolean[]) => {
      const zeros = np.zeros([n, n])
      const program = programOf(f, zeros, zeros, zeros)
      expect(program.steps.map((s) => s.kind)).toEqual(['contract'])
      const handles = [3, 5, 7].map((seed) => backend.upload(numbers(seed)))
      const places = handles.map(address)
      const [out] = backend.compile(program).run(handles, donated)
      return { over: places.indexOf(address(out)), values: [...backend.downloadSync(out)] }
    }
    const step = (x: Tensor, y: Tensor, w: Tensor): Tensor => w.mul(2).sub(x.matmul(y).mul(w))
    const { values } = run(step, [false, false, false])
    expect(run(step, [false, false, true])).toEqual({ over: 2, values })
    const ofItself = (_: Tensor, y: Tensor, w: Tensor): Tensor => w.sub(w.matmul(y))
    expect(run(ofItself, [false, false, true])).toEqual({ ...run(ofItself, [false, false, false]), over: -1 })
  })

  it('stays with those who hold donated arrays that were freed already', () => {
    const x = backend.upload(Float32Array.of(1, 2, 3))
    backend.free(x)
    backend.free(x)
    const [y, z] = [backend.upload(Float32Array.of(4, 5, 6)), backend.upload(Float32Array.of(7, 8, 9))]
    expect(address(y)).not.toBe(address(z))
  })
})

describe('programs', () => {
  it('run within callbacks of others, and of themselves', () => {
    const double = jit((x: Tensor) => x.mul(2), { backend: 'wasm' })
    const f = jit(
      (x: Tensor): Tensor =>
        pureCallback((v: Tensor) => double(v.add(np.zeros([3_000_000]).sum())), np.zeros([2]), x.add(1)).mul(
          10,
        ),
      { backend: 'wasm' },
    )
    expect(f(np.array([1, 2])).toArray()).toEqual([40, 60])
  })

  it('show their kernels as text', () => {
    const text = explain(jit((x: Tensor) => np.exp(x).add(1), { backend: 'wasm' }).lower(np.ones([8])))
    expect(text).toContain('WebAssembly')
    expect(text).toContain('f32x4.mul')
  })

  it('keep numbers of all types apart', () => {
    const f = jit(
      (x: Tensor, i: Tensor): Tensor =>
        np.where(x.greater(0), x.astype('int32').add(i), i.mul(-1)).astype('float64'),
      { backend: 'wasm' },
    )
    const x = np.array([1.5, -2.5, 3e9, Number.NaN, 0.5])
    expect(f(x, np.array([10, 20, 30, 40, 50], { dtype: 'int32' })).toArray()).toEqual([
      11, -20, -2147483619, -40, 50,
    ])
  })

  it('differentiate alike with and without vectors at the end of rows', () => {
    const loss = (x: Tensor): Tensor =>
      np
        .tanh(x)
        .mul(np.exp(x.mul(0.1)))
        .sum()
    for (const n of [1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 33, 1023, 1025]) {
      const x = np.linspace(-2, 2, n)
      const [got, want] = ['wasm', 'reference'].map((name) => [
        ...jit(grad(loss), { backend: name })(x).dataSync(),
      ])
      got.forEach((g, i) => {
        expect(Math.abs(g - want[i])).toBeLessThan(1e-6)
      })
    }
  })
})
