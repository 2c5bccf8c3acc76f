import { describe, expect, it } from 'vitest'
import {
  arrayOf,
  inTurn,
  type OwnedArray,
  type Run,
  type RunProgram,
  runningBranch,
  runningLoop,
  runningWhile,
  type Slicing,
} from '../../../src/backends/walk/arrays.js'
import { arrived, doLater, doNow } from '../../../src/backends/walk/waiting.js'
import type { TypedArray } from '../../../src/ir/dtype.js'
import type { Branch, Callback, Loop, Program, Step, While } from '../../../src/ir/program.js'

const held = new Set<Numbers>()

/** An array that knows whether it was freed. */
class Numbers implements OwnedArray<Numbers> {
  readonly dtype = 'float32'

  constructor(readonly values: readonly number[]) {
    held.add(this)
  }

  get data(): TypedArray {
    expect(held.has(this)).toBe(true)
    return Float32Array.from(this.values)
  }

  copy(): Numbers {
    return new Numbers([...this.data])
  }

  free(): void {
    expect(held.delete(this)).toBe(true)
  }
}

const read = (a: Numbers) => arrived(Promise.resolve(a.data))

const slicing: Slicing<Numbers> = {
  slices: (stacks, at) => {
    const own = stacks.map((s) => new Numbers([s.data[at]]))
    return { inputs: own, own }
  },
  *stacked(slices) {
    const whole = new Numbers(slices.flatMap((s) => [...s.data]))
    for (const s of slices) s.free()
    return whole
  },
}

const runOf = (step: Step): Run<Numbers> => {
  switch (step.kind) {
    case 'callback':
      return (arrays) => {
        const results = step.call(step.inputs.map((id) => arrayOf(arrays, id).data))
        step.outputs.forEach((id, i) => {
          arrays[id] = new Numbers([...results[i]])
        })
        return null
      }
    case 'loop':
      return runningLoop(step, [], slicing, compiled(step.body))
    case 'while':
      return runningWhile(step, read, compiled(step.condition), compiled(step.body))
    case 'branch':
      return runningBranch(step, read, step.branches.map(compiled))
    default:
      throw new Error(step.kind)
  }
}

const compiled = (program: Program): RunProgram<Numbers> => inTurn(program, program.steps.map(runOf))

const program = (
  count: number,
  inputs: readonly number[],
  steps: readonly Step[],
  outputs: readonly number[],
): Program => ({
  buffers: Array.from({ length: count }, () => ({ shape: [1], dtype: 'float32' as const })),
  inputs,
  steps,
  outputs,
})

const call = (
  inputs: readonly number[],
  outputs: readonly number[],
  f: (...xs: readonly number[]) => readonly number[],
): Callback => ({
  kind: 'callback',
  name: 'call',
  inputs,
  outputs,
  call: (xs) => f(...xs.map((x) => x[0])).map((y) => Float32Array.of(y)),
})

/** The outputs' values; nothing but inputs and outputs is held afterwards. */
const run = async (p: Program, ...inputs: readonly (readonly number[])[]) => {
  held.clear()
  const given = inputs.map((values) => new Numbers(values))
  const outputs = await doLater(compiled(p)(given))
  expect(held).toEqual(new Set([...given, ...outputs]))
  expect(held.size).toBe(given.length + outputs.length)
  return outputs.map((o) => [...o.values])
}

/** [c, x] → [c + x, c·x], by way of another array. */
const body = program(
  5,
  [0, 1],
  [call([0, 1], [2, 3], (c, x) => [c + x, c * x]), call([2], [4], (c) => [c])],
  [4, 3],
)

const scan = (length: number, reverse: boolean): Loop => ({
  kind: 'loop',
  name: 'scan',
  length,
  reverse,
  body,
  constants: [],
  initial: [0],
  stackedInputs: [1],
  carried: [2],
  stackedOutputs: [3],
})

describe('programs over arrays', () => {
  it('free what lies between steps, and hand out arrays of their own', async () => {
    const steps = [call([0], [1], (x) => [x + 1]), call([1], [2], (x) => [2 * x])]
    expect(await run(program(3, [0], steps, [2, 2, 0]), [3])).toEqual([[8], [8], [3]])
  })

  it('loop over slices, from either end', async () => {
    const p = (reverse: boolean) => program(4, [0, 1], [scan(3, reverse)], [2, 3])
    expect(await run(p(false), [1], [2, 3, 4])).toEqual([[10], [2, 9, 24]])
    expect(await run(p(true), [1], [2, 3, 4])).toEqual([[10], [16, 15, 4]])
  })

  it('hand on copies of initial values where a loop does not run', async () => {
    expect(await run(program(4, [0, 1], [scan(0, false)], [2, 3]), [1], [])).toEqual([[1], []])
  })

  it('go on while a condition holds', async () => {
    const step: While = {
      kind: 'while',
      name: 'while',
      condition: program(3, [0, 1], [call([0, 1], [2], (most, x) => [Number(x < most)])], [2]),
      conditionConstants: [0],
      body: program(2, [0], [call([0], [1], (x) => [2 * x])], [1]),
      bodyConstants: [],
      initial: [1],
      carried: [2],
    }
    expect(await run(program(3, [0, 1], [step], [2]), [20], [1])).toEqual([[32]])
    expect(await run(program(3, [0, 1], [step], [2]), [0], [1])).toEqual([[1]])
  })

  it('take the nearest branch', async () => {
    const step: Branch = {
      kind: 'branch',
      name: 'branch',
      index: 0,
      branches: [-1, 1].map((f) => program(2, [0], [call([0], [1], (x) => [f * x])], [1])),
      inputs: [1],
      outputs: [2],
    }
    for (const [index, value] of [
      [-3, -5],
      [0, -5],
      [1, 5],
      [9, 5],
    ])
      expect(await run(program(3, [0, 1], [step], [2]), [index], [5])).toEqual([[value]])
  })

  it('say which buffer is read too early', () => {
    const p = program(3, [0], [call([1], [2], (x) => [x])], [2])
    expect(() => doNow(compiled(p)([new Numbers([1])]))).toThrow('buffer 1 is read before it is written')
  })
})
