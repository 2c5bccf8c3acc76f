import { expect, it } from 'vitest'
import { jit, np, type Tensor } from '../../../src/index.js'
import { describeOnGl, headless } from './gl.js'

const onGl = { backend: headless }
const count = 300

const numbers = (first: number): number[] => Array.from({ length: count }, (_, i) => first + i)

describeOnGl('textures that are used again', () => {
  it('results that are kept do not change when others are given up', () => {
    const twice = jit((x: Tensor) => x.mul(2), onGl)
    const kept: Tensor[] = []
    for (let run = 0; run < 12; run++) {
      const y = twice(np.array(numbers(run)))
      if (run % 3 === 0) kept.push(y)
      else y.dispose()
    }
    kept.forEach((y, i) => {
      expect([...y.dataSync()]).toEqual(numbers(3 * i).map((v) => 2 * v))
    })
  })

  it("a kernel's own result is its next argument", () => {
    const next = jit((x: Tensor) => x.add(1), { ...onGl, donate: [0] })
    let x = np.array(numbers(0))
    for (let run = 0; run < 20; run++) x = next(x)
    expect([...x.dataSync()]).toEqual(numbers(20))
  })

  it('kernels of several results, some of which are kept', () => {
    const both = jit((x: Tensor) => [x.add(1), x.mul(3)] as const, onGl)
    const [first, second] = [both(np.array(numbers(0))), both(np.array(numbers(7)))]
    first[0].dispose()
    const third = both(first[1])
    expect([...first[1].dataSync()]).toEqual(numbers(0).map((v) => 3 * v))
    expect([...second[0].dataSync()]).toEqual(numbers(8))
    expect([...third[0].dataSync()]).toEqual(numbers(0).map((v) => 3 * v + 1))
    expect([...third[1].dataSync()]).toEqual(numbers(0).map((v) => 9 * v))
  })

  it('what was in a texture before does not reach the end of a shorter row', () => {
    const sum = jit((x: Tensor) => np.sum(x), onGl)
    const ones = (n: number) => np.array(new Float32Array(n).fill(1))
    for (const n of [64, 61, 62, 63, 1]) {
      const x = ones(n)
      expect(sum(x).item()).toBe(n)
      x.dispose()
    }
  })

  it('what is read back belongs to the reader', () => {
    const y = jit((x: Tensor) => x.add(1), onGl)(np.array(numbers(0)))
    for (let read = 0; read < 2; read++) {
      const data = y.dataSync()
      expect(data.buffer.byteLength).toBe(4 * count)
      expect([...data]).toEqual(numbers(1))
      data.fill(-1)
    }
    expect(y.get(5).item()).toBe(6)
  })
})
