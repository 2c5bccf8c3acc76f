import type { Jax } from '../peers/jax.js'
import { jaxJs } from '../training/jaxJs.js'
import { type GradTs, makeTask, ours } from '../training/ours.js'
import type { Trainer } from '../training/task.js'
import { type Tf, tfjs } from '../training/tfjs.js'

/** What the page does when it is asked. Runs in a browser, which has loaded the libraries. */
export type Trainers = {
  /** Trains from the start; gives so many losses. @throws where the library can't */
  readonly losses: (name: string, steps: number) => Promise<readonly number[]>
  /** Trains on; gives the milliseconds that so many steps took. */
  readonly train: (name: string, steps: number) => Promise<number>
}

export const trainers = async (g: GradTs, tf: Tf, jax: Jax): Promise<Trainers> => {
  const task = await makeTask(g, [784, 128, 10])
  const makers: Readonly<Record<string, () => Promise<Trainer>>> = {
    'gpujs:webgl2': () => ours(g, task, 'gpujs:webgl2'),
    'gpujs:webgpu': () => ours(g, task, 'gpujs:webgpu'),
    'tfjs webgl': () => tfjs(tf, task, 'webgl'),
    'jax-js webgl': () => jaxJs(jax, task, 'webgl'),
    'jax-js webgpu': () => jaxJs(jax, task, 'webgpu'),
  }
  const made = new Map<string, Trainer>()
  return {
    losses: async (name, steps) => {
      const trainer = await makers[name]()
      made.set(name, trainer)
      const losses: number[] = []
      for (let i = 0; i < steps; i++) losses.push(await trainer.step())
      return losses
    },
    train: async (name, steps) => {
      const trainer = made.get(name)
      if (trainer === undefined) throw new Error(`page: a trainer that was started is required, got ${name}.`)
      const start = performance.now()
      for (let i = 0; i < steps; i++) await trainer.step()
      return performance.now() - start
    },
  }
}
