import * as g from '../../src/index.js'
import { requireEqualResults } from '../equalResults.js'
import { loadJax } from '../peers/jax.js'
import type { Contender, Work } from '../suite.js'
import { jaxJs, jaxJsGradient } from '../training/jaxJs.js'
import { makeTask, ours, oursGradient } from '../training/ours.js'
import type { Trainer } from '../training/task.js'
import { byThreads } from './beside.js'
import { mlpWidths } from './mlpWidths.js'

const peerName = 'jax-js wasm'

const repeated = (name: string, f: () => unknown): Contender => ({
  name,
  run: async (times) => {
    for (let i = 0; i < times; i++) await f()
  },
})

const firstLosses = async ({ step }: Trainer): Promise<readonly number[]> => {
  const losses: number[] = []
  for (let i = 0; i < 20; i++) losses.push(await step())
  return losses
}

/** Every loss is read, by all. */
export const mlpWorks = (threads: number): readonly Work[] => {
  const bar = byThreads(threads, 1 / 0.5, 1 / 0.35)
  const common = { shape: '784-512-10, batch 64', operations: null, mostMs: null }
  return [
    {
      ...common,
      work: 'MLP, value and gradient',
      prepare: async () => {
        const task = await makeTask(g, mlpWidths)
        const own = oursGradient(g, task, 'wasm')
        const peer = await jaxJsGradient(await loadJax('wasm'), task, 'wasm')
        requireEqualResults(peerName, await peer.grads(), await own.grads())
        requireEqualResults(peerName, [[await peer.run()]], [[await own.run()]], 1e-4)
        return {
          ours: repeated('grad-ts', own.run),
          peers: [{ ...repeated(peerName, peer.run), bar }],
          close: () => {},
        }
      },
    },
    {
      ...common,
      work: 'MLP, Adam step',
      prepare: async () => {
        const task = await makeTask(g, mlpWidths)
        const own = await ours(g, task, 'wasm')
        const peer = await jaxJs(await loadJax('wasm'), task, 'wasm')
        const [losses, want] = [await firstLosses(peer), await firstLosses(own)]
        for (const [i, loss] of losses.entries())
          requireEqualResults(`${peerName}, step ${i}`, [[loss]], [[want[i]]], 1e-4)
        return {
          ours: repeated('grad-ts', own.step),
          peers: [{ ...repeated(peerName, peer.step), bar }],
          close: () => {},
        }
      },
    },
  ]
}
