import { describe, expect, it } from 'vitest'
import { np, type Tensor } from '../../src/index.js'
import { evaluate } from '../../src/train/evaluate.js'
import type { Measured, Task } from '../../src/train/task.js'
import { countingTask, type Numbers, numbers } from './countingTask.js'

type Empty = { readonly at: Tensor }

const judging = (judge: (batch: Numbers) => Measured): Task<Empty, Numbers> => ({
  name: 'judging',
  init: () => ({ at: np.array(0) }),
  step: (state) => ({ state, figures: { loss: 0 } }),
  judge: (_state, batch) => judge(batch),
})

const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0)

describe('evaluate', () => {
  it.each([1, 3, 4, 7, 100])('gives means over all examples, in batches of %d', async (batchSize) => {
    const seen: number[] = []
    const task = judging(({ indices }) => {
      seen.push(...indices)
      return {
        figures: {
          loss: sum(indices) / indices.length,
          double: np.array([(2 * sum(indices)) / indices.length]),
        },
      }
    })
    const { loss, double } = await evaluate(task, task.init(0), numbers(7), { batchSize })
    expect(loss).toBeCloseTo(3, 6)
    expect(double).toBeCloseTo(6, 5)
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6])
  })

  it('weighs batches as the task says', async () => {
    const task = judging(({ indices }) => ({
      figures: { loss: indices[0] },
      weight: indices[0] === 0 ? 3 : 1,
    }))
    expect(await evaluate(task, task.init(0), numbers(4), { batchSize: 2 })).toEqual({
      loss: (3 * 0 + 2) / 4,
    })
  })

  it('rejects with the reason of its signal, between two batches', async () => {
    const stop = new AbortController()
    let batches = 0
    const task = judging(() => {
      if (++batches === 2) stop.abort(new Error('enough'))
      return { figures: { loss: 1 } }
    })
    const judged = evaluate(task, task.init(0), numbers(9), { batchSize: 2, signal: stop.signal })
    await expect(judged).rejects.toThrow('enough')
    expect(batches).toBe(2)
  })

  it('refuses batches of no size, and datasets without an example', async () => {
    const task = countingTask()
    for (const batchSize of [0, -1, 1.5, Number.NaN])
      await expect(evaluate(task, task.init(0), numbers(3), { batchSize })).rejects.toThrow(
        `evaluate: a positive integer as batchSize is required, got ${batchSize}.`,
      )
    await expect(evaluate(task, task.init(0), numbers(0), { batchSize: 2 })).rejects.toThrow(
      'evaluate: a positive integer as dataset.count is required, got 0.',
    )
  })

  it('refuses a task that cannot judge', async () => {
    const { judge: _, ...task } = countingTask()
    await expect(evaluate(task, task.init(0), numbers(3), { batchSize: 2 })).rejects.toThrow(
      'evaluate: a task with `judge` is required, got counting without. Give it one.',
    )
  })
})
