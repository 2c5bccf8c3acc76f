import { describe, expect, it } from 'vitest'
import { type Places, runBranch, runLoop, runWhile } from '../../../src/backends/walk/places.js'
import type { Branch, Loop, Program, While } from '../../../src/ir/program.js'

/** Arrays of numbers, and how often one was copied. */
const placesOf = (buffers: readonly number[][]) => {
  const copies: number[] = []
  const places: Places<number[]> = {
    of: (id) => buffers[id],
    // a slice is a number, in a proxy of the array that it is in
    slices: (id) => (at) =>
      new Proxy(buffers[id], {
        get: (array, key) => (key === '0' ? array[at] : Reflect.get(array, key)),
        set: (array, key, value) => Reflect.set(array, key === '0' ? String(at) : key, value),
      }),
    copy: (from, to, id) => {
      copies.push(id)
      to[0] = from[0]
    },
    isTrue: (place) => place[0] !== 0,
    number: (id) => buffers[id][0],
  }
  return { places, copies }
}

const none: Program = { buffers: [], inputs: [], steps: [], outputs: [] }

describe('loops on places', () => {
  it.each([0, 1, 2, 5])('of %i runs end where the outputs are, and copy initial values alone', (length) => {
    const buffers = [[10], [1], Array.from({ length }, (_, i) => i + 1), [0], new Array(length).fill(0)]
    const { places, copies } = placesOf(buffers)
    const step: Loop = {
      kind: 'loop',
      name: 'loop',
      length,
      reverse: length === 5,
      body: none,
      constants: [0],
      initial: [1],
      stackedInputs: [2],
      carried: [3],
      stackedOutputs: [4],
    }
    runLoop(step, places, [[0]], ([ten, c, x], [next, y]) => {
      next[0] = c[0] + ten[0] * x[0]
      y[0] = next[0]
    })
    expect(buffers[3][0]).toBe(1 + (10 * length * (length + 1)) / 2)
    expect(buffers[4]).toEqual({ 0: [], 1: [11], 2: [11, 31], 5: [151, 141, 121, 91, 51] }[length])
    expect(copies).toEqual([3])
  })

  it.each([1, 2, 3, 8])('go on while the condition holds, up to %i', (most) => {
    const buffers = [[most], [0], [-1]]
    const { places } = placesOf(buffers)
    const step: While = {
      kind: 'while',
      name: 'while',
      condition: none,
      conditionConstants: [0],
      body: none,
      bodyConstants: [],
      initial: [1],
      carried: [2],
    }
    runWhile(
      step,
      places,
      [[0]],
      [0],
      ([end, x], [goesOn]) => {
        goesOn[0] = Number(x[0] < end[0])
      },
      ([x], [next]) => {
        next[0] = x[0] + 1
      },
    )
    expect(buffers).toEqual([[most], [0], [most]])
  })

  it('take the nearest branch', () => {
    const step: Branch = {
      kind: 'branch',
      name: 'b',
      index: 0,
      branches: [none, none],
      inputs: [1],
      outputs: [2],
    }
    const chosen = [-1, 0, 1, 7].map((index) => {
      let found = -1
      runBranch(step, placesOf([[index], [4], [0]]).places, (at, [x], [y]) => {
        expect([x, y]).toEqual([[4], [0]])
        found = at
      })
      return found
    })
    expect(chosen).toEqual([0, 0, 1, 1])
  })
})
