import { expect, it } from 'vitest'
import { jit, np, pureCallback, scan, type Tensor } from '../../../src/index.js'

/** The memory of a backend that is the default one meanwhile. */
export type WatchedMemory = {
  /** What it takes now. */
  readonly bytes: () => number
  /** That of it which something needs; the same where nothing else is kept. */
  readonly usedBytes: () => number
  readonly softLimit: number
  /** What the loops hold themselves, and the limit. */
  readonly most: number
  /** How often the longest loops run. */
  readonly rounds: number
}

/** 400 KB. */
export const shape = [100_000]

/** Loops that never leave their job, and hold little of what they make. */
export const loopCases = ({ bytes, usedBytes, softLimit, most, rounds }: WatchedMemory): void => {
  it('a jitted step that is read, and one that is not', () => {
    const step = jit((w: Tensor) => [w.mul(0.5).add(1), w.sum()] as const)
    let w = np.zeros(shape)
    for (let i = 0; i < rounds; i++) {
      const [next, sum] = step(w)
      if (i % 2 === 0) sum.item()
      w = next
      expect(bytes()).toBeLessThanOrEqual(most)
    }
    expect(w.get(0).item()).toBeCloseTo(2, 6)
    expect(process.memoryUsage().arrayBuffers).toBeLessThan(500e6)
  })

  it('eager operations', () => {
    let w = np.ones(shape)
    let largest = 0
    for (let i = 0; i < rounds; i++) {
      w = w.mul(0.5).mul(2)
      largest = Math.max(largest, bytes())
    }
    // they are there at all
    expect(largest).toBeGreaterThan(softLimit / 2)
    expect(largest).toBeLessThanOrEqual(most)
    expect(w.sum().item()).toBe(100_000)
  })

  it('of arrays that are held, the elements stay as they are', () => {
    const each = rounds / 10
    const held: Tensor[] = []
    let w = np.zeros(shape)
    for (let i = 0; i < rounds; i++) {
      w = w.add(1)
      if (i % each === 0) held.push(w)
    }
    held.forEach((x, i) => {
      expect([x.min().item(), x.max().item()]).toEqual([each * i + 1, each * i + 1])
    })
    // and once more, now that they were used
    for (let i = 0; i < rounds / 3; i++) w = w.add(1)
    expect(held.map((x) => x.dataSync()[99_999])).toEqual(held.map((_, i) => each * i + 1))
  })

  it('programs that run within callbacks, whose outer inputs nobody else holds', () => {
    const runs = rounds / 5
    const inner = jit((x: Tensor) => x.add(1))
    const churned = (v: Tensor): Tensor => {
      let x = np.zeros(shape)
      for (let i = 0; i < runs; i++) x = inner(x)
      return v.add(x.max())
    }
    const outer = jit((x: Tensor, y: Tensor) =>
      pureCallback(churned, np.zeros([2]), x.get({ start: 0, stop: 2 }))
        .sum()
        .add(y),
    )
    for (let i = 0; i < 5; i++) {
      const got = outer(np.arange(100_000).astype('float32').add(i), np.full(shape, i).mul(2))
      // i + (i + 1), 2·runs and 2i
      const sum = 4 * i + 1 + 2 * runs
      expect([got.get(0).item(), got.get(99_999).item()]).toEqual([sum, sum])
    }
    expect(bytes()).toBeLessThanOrEqual(most)
  })

  it('arguments that are donated, wherever they are by then', () => {
    const step = jit((w: Tensor, x: Tensor) => w.add(x), { donate: [0] })
    const steps = rounds / 15
    const kept = np.ones(shape).mul(3)
    let [w, x] = [np.zeros(shape), kept]
    for (let i = 0; i < steps; i++) {
      const early = np.ones(shape).mul(i)
      for (let k = 0; k < 30; k++) x = x.mul(1)
      w = step(w, early)
      x = step(x, kept).sub(kept)
    }
    const sum = (steps * (steps - 1)) / 2
    expect([w.min().item(), w.max().item(), x.max().item(), kept.max().item()]).toEqual([sum, sum, 3, 3])
    expect(bytes()).toBeLessThanOrEqual(most)
  })

  it('bodies of scans', () => {
    const f = jit((x: Tensor) =>
      scan((c: Tensor, y: Tensor) => [c.add(y), c.mul(y).sum()] as const, x, np.ones([5, ...shape])),
    )
    for (let i = 0; i < rounds / 5; i++) {
      const [carry, sums] = f(np.full(shape, i))
      expect(carry.get(7).item()).toBe(i + 5)
      expect(sums.toArray()).toEqual([0, 1, 2, 3, 4].map((k) => (k + i) * 100_000))
    }
    expect(bytes()).toBeLessThanOrEqual(most)
  })

  it('what was disposed of is freed once', () => {
    const before = usedBytes()
    const held = Array.from({ length: 10 }, (_, i) => np.ones(shape).mul(i))
    for (let i = 0; i < rounds / 3; i++) np.ones(shape).mul(i).dispose()
    for (const x of held) {
      expect(x.max().item()).toBe(held.indexOf(x))
      x.dispose()
      expect(() => x.dataSync()).toThrow('disposed')
    }
    let w = np.ones(shape)
    for (let i = 0; i < rounds / 3; i++) w = w.mul(1)
    expect(w.sum().item()).toBe(100_000)
    expect(usedBytes()).toBeGreaterThanOrEqual(0)
    expect(usedBytes()).toBeLessThanOrEqual(before + 2 * softLimit)
  })

  it('loops that await what they read', async () => {
    let w = np.zeros(shape)
    for (let i = 0; i < rounds; i++) {
      w = w.add(1)
      await w.sum().data()
    }
    expect(w.max().item()).toBe(rounds)
    expect(bytes()).toBeLessThanOrEqual(most)
  })
}
