import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Arena, type Block } from '../../../src/backends/wasm/memory/arena.js'
import { WasmArray } from '../../../src/backends/wasm/memory/wasmArray.js'
import { webAssembly } from '../../../src/backends/wasm/webAssembly.js'

const arena = (budget?: number): Arena => {
  if (webAssembly === undefined) throw new Error('no WebAssembly')
  return new Arena(webAssembly, false, budget)
}

describe('memory', () => {
  it('never gives one byte to two blocks, and uses freed ones again', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(3_000_000), fc.boolean(), fc.nat(100)), { maxLength: 60 }),
        (requests) => {
          const memory = arena()
          const live: Block[] = []
          const given: Block[] = []
          for (const [bytes, frees, which] of requests) {
            if (frees && live.length > 0) memory.free(live.splice(which % live.length, 1)[0])
            else {
              const block = memory.allocate(bytes)
              expect(block.size).toBeGreaterThanOrEqual(bytes)
              expect(block.address % 64).toBe(0)
              for (const other of live)
                expect(
                  block.address + block.size <= other.address || other.address + other.size <= block.address,
                ).toBe(true)
              const isNew = given.every((b) => block.address >= b.address + b.size)
              expect(block.isNew).toBe(isNew)
              live.push(block)
              given.push(block)
            }
          }
          expect(memory.usedBytes).toBe(live.reduce((n, b) => n + b.size, 0))
        },
      ),
      { numRuns: 50 },
    )
  })

  it('does not grow where the same sizes come and go', () => {
    const memory = arena()
    const round = () => {
      const blocks = [10, 5000, 300_000, 2_000_000, 300_000].map((bytes) => memory.allocate(bytes))
      for (const block of blocks) memory.free(block)
    }
    round()
    const before = memory.memory.buffer.byteLength
    for (let i = 0; i < 100; i++) round()
    expect(memory.memory.buffer.byteLength).toBe(before)
  })

  it('fills with zeros what was used before, and gives back a negative zero as one', () => {
    const memory = arena()
    const used = WasmArray.filled(memory, 'float32', 100_000, 7)
    used.free()
    expect(
      WasmArray.filled(memory, 'float32', 100_000, 0)
        .view()
        .every((x) => x === 0),
    ).toBe(true)
    const fresh = WasmArray.filled(memory, 'float64', 100_000, 0)
    expect(fresh.block.isNew).toBe(true)
    expect(fresh.view().every((x) => Object.is(x, 0))).toBe(true)
    const negative = WasmArray.filled(memory, 'float32', 5000, -0)
    expect(negative.block.isNew).toBe(true)
    expect(negative.view().every((x) => Object.is(x, -0))).toBe(true)
  })

  it('keeps elements when it grows, and refuses what is beyond its budget', () => {
    const memory = arena(40_000_000)
    const x = WasmArray.copyOf(memory, 'float64', Float64Array.of(1, 2, 3))
    const held = WasmArray.blank(memory, 'float32', 5_000_000)
    expect([...x.view()]).toEqual([1, 2, 3])
    expect(() => WasmArray.blank(memory, 'float32', 6_000_000)).toThrow(
      /within 40000000 bytes.*addresses 4 GiB.*got 24000000 bytes more beside 2 live arrays of \d+ bytes, most of them in 1 f32\[5000000\], 1 f64\[3\]/,
    )
    held.free()
    x.free()
    expect(() => x.view()).toThrow('freed')
  })
})
