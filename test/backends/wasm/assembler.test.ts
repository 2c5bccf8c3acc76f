import { describe, expect, it } from 'vitest'
import { call, type FunctionRef, ModuleBuilder } from '../../../src/backends/wasm/assembler/moduleBuilder.js'
import { atomics, f64, i32, i64 } from '../../../src/backends/wasm/assembler/scalars.js'
import { f32x4, i8x16, i32x4, v128 } from '../../../src/backends/wasm/assembler/vectors.js'
import { type Exports, webAssembly } from '../../../src/backends/wasm/webAssembly.js'

const build = (
  write: (m: ModuleBuilder) => void,
  shared = false,
  imports: Record<string, (...x: number[]) => number> = {},
) => {
  if (webAssembly === undefined) throw new Error('no WebAssembly')
  const module = new ModuleBuilder(
    { module: 'engine', name: 'memory', shared, initial: 1, maximum: 16 },
    true,
  )
  write(module)
  const memory = new webAssembly.Memory({ initial: 1, maximum: 16, ...(shared ? { shared } : {}) })
  const bytes = module.toBytes()
  expect(webAssembly.validate(bytes)).toBe(true)
  const { exports } = new webAssembly.Instance(new webAssembly.Module(bytes), {
    engine: { memory },
    scalar: imports,
  })
  return { exports: exports as Exports, memory, module }
}

describe('assembler', () => {
  it('loops, branches and calls', () => {
    const { exports } = build((m) => {
      const sum = m.function('sum', ['i32'], 'i32', (f, n) => {
        const [i, total] = [f.variable(i32.const(0)), f.variable(i32.const(0))]
        f.block((exit) => {
          f.loop((again) => {
            f.branch(exit, i32.geS(i, n))
            f.set(i, i32.add(i, i32.const(1)))
            f.if(
              i32.and(i, i32.const(1)),
              () => f.set(total, i32.add(total, i)),
              () => f.set(total, i32.sub(total, i32.const(1))),
            )
            f.branch(again)
          })
        })
        return total
      })
      m.function('twice', ['i32'], 'i32', (f, n) => {
        const once = f.let(call(sum, n))
        return i32.add(once, once)
      })
    })
    // 1 + 3 + … + 9 − 5
    expect(exports['sum'](10)).toBe(20)
    expect(exports['twice'](10)).toBe(40)
    expect(exports['sum'](-1)).toBe(0)
  })

  it('vectors, their lanes, and memory', () => {
    const { exports, memory } = build((m) => {
      m.procedure('run', ['i32'], (f, at) => {
        const x = f.let(v128.load(at, 16))
        const doubled = f.let(f32x4.add(x, f32x4.mul(x, f32x4.const(1, 1, 1, 1))))
        f.do(v128.store(at, doubled))
        f.do(v128.store32Lane(at, doubled, 2, 32))
        const turned = i8x16.shuffle(
          x,
          i32x4.splat(i32.const(7)),
          [4, 5, 6, 7, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11],
        )
        f.do(v128.store(at, turned, 48))
      })
    })
    const floats = new Float32Array(memory.buffer)
    floats.set([1, -2, 3.5, 4], 4)
    exports['run'](0)
    expect([...floats.slice(0, 4)]).toEqual([2, -4, 7, 8])
    expect(floats[8]).toBe(7)
    expect([...floats.slice(12, 14)]).toEqual([-2, 1])
    expect(new Int32Array(memory.buffer)[14]).toBe(7)
  })

  it('keeps what a loop reads from before it, whatever shares its place', () => {
    const { exports } = build((m) => {
      m.function('f', ['i32'], 'i32', (f, n) => {
        const kept = f.let(i32.mul(n, i32.const(3)))
        const [i, total] = [f.variable(i32.const(0)), f.variable(i32.const(0))]
        f.loop((again) => {
          f.set(total, i32.add(total, kept))
          const other = f.let(i32.add(i, i32.const(100)))
          f.set(i, i32.sub(other, i32.const(99)))
          f.branch(again, i32.ltS(i, n))
        })
        return total
      })
    })
    expect(exports['f'](4)).toBe(48)
  })

  it('imports functions, and prints its own', () => {
    let text = ''
    const { exports } = build(
      (m) => {
        const half = m.import('scalar', 'half', ['f64'], 'f64')
        const ref: FunctionRef = m.function('f', ['f64'], 'f64', (f, x) =>
          f.let(f64.add(call(half, x), f64.const(-0.5))),
        )
        text = m.text(ref)
      },
      false,
      { half: (x) => x / 2 },
    )
    expect(exports['f'](3)).toBe(1)
    expect(text).toContain('(f64.add (call half $0) (f64.const -0.5))')
  })

  it('atomics on a shared memory', () => {
    const { exports, memory } = build((m) => {
      m.function('f', ['i32'], 'i32', (f, at) => {
        const before = f.let(atomics.add(at, i32.const(5)))
        f.do({ text: 'drop', code: [0x1a], operands: [atomics.notify(at, i32.const(1))] })
        const waited = f.let(atomics.wait(at, i32.const(1), i64.const(-1)))
        return i32.add(before, waited)
      })
    }, true)
    expect(memory.buffer).toBeInstanceOf(SharedArrayBuffer)
    new Int32Array(memory.buffer)[1] = 7
    // 7 before, and 1: the word is not what was expected
    expect(exports['f'](4)).toBe(8)
    expect(new Int32Array(memory.buffer)[1]).toBe(12)
  })
})
