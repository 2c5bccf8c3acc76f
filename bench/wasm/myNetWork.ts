import { requireEqualResults } from '../equalResults.js'
import type { Peer, Work } from '../suite.js'
import type { Trainer } from '../training/task.js'
import { byThreads } from './beside.js'
import { myNetData, myNetTrainer } from './myNet.js'
import { startTorch, whyNoTorch } from './torch.js'

const torchThreads = 2
const torchName = `PyTorch, ${torchThreads} threads`
const compared = 3

const firstLosses = async ({ step }: Trainer): Promise<readonly number[]> => {
  const losses: number[] = []
  for (let i = 0; i < compared; i++) losses.push(await step())
  return losses
}

/** @throws where the losses without dropout differ; with it, each draws numbers of its own */
const torch = async (bar: number | null): Promise<{ readonly peer: Peer; readonly close: () => void }> => {
  const data = myNetData()
  const { losses, train, close } = await startTorch(data, torchThreads)
  const [got, want] = [await losses(compared), await firstLosses(myNetTrainer({ dropout: false }, data))]
  for (const [i, loss] of got.entries())
    requireEqualResults(`${torchName}, step ${i}`, [[loss]], [[want[i]]], 1e-3)
  const run = async (times: number) => ({ ms: await train(times) })
  return { peer: { name: torchName, run, bar, barOf: 'least' }, close }
}

/** The whole step: forward with dropout, backward, Adam with decay of weights. */
export const myNetWork = (threads: number): Work => ({
  work: 'MY_NET training step',
  shape: 'batch 64',
  operations: null,
  mostMs: null,
  effort: { warmUp: 1, sample: 0, most: 20_000 },
  prepare: async () => {
    const why = whyNoTorch()
    const beside = why === null ? await torch(byThreads(threads, null, 1 / 1.1)) : null
    const { step } = myNetTrainer({ dropout: true })
    const run = async (times: number): Promise<void> => {
      for (let i = 0; i < times; i++) await step()
    }
    return {
      ours: { name: 'grad-ts', run },
      peers: beside === null ? [] : [beside.peer],
      absent: why === null ? [] : [{ name: torchName, why }],
      close: () => beside?.close(),
    }
  },
})
