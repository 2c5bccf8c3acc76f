// A work in a process that does nothing else: `fresh.ts <what>` prints what it took, as JSON.
import * as g from '../../src/index.js'
import { jaxJs } from '../peers/jaxJs.js'
import { makeTask, ours } from '../training/ours.js'
import { waitForTensor } from '../waitForTensor.js'
import { mlpWidths } from './mlpWidths.js'
import { myNetTrainer } from './myNet.js'
import { ownRecurrence, recurrence } from './recurrence.js'

const timed = async (f: () => unknown): Promise<number> => {
  const start = performance.now()
  await f()
  return performance.now() - start
}

const start = async (): Promise<void> => {
  await g.loadBackend('wasm')
  g.setDefaultBackend('wasm')
}

/** More than a step of MY_NET needs. */
const elementsTouched = 80 * 2 ** 20

/** Of MY_NET, once the engine is there. */
const firstStep = async () => {
  const trainer = myNetTrainer({ dropout: true })
  const first = await timed(() => trainer.step())
  const warm: number[] = []
  for (let i = 0; i < 3; i++) warm.push(await timed(() => trainer.step()))
  return { ms: first - Math.min(...warm), first, warm: Math.min(...warm) }
}

const works: Readonly<Record<string, () => Promise<Readonly<Record<string, number>>>>> = {
  'recurrence, ours': async () => {
    await start()
    const { gradient } = ownRecurrence(recurrence())
    return { ms: await timed(() => waitForTensor(gradient()[0])) }
  },
  'recurrence, jax-js': async () => {
    const task = (await jaxJs()).recurrenceGradient(recurrence())
    if (task === null) throw new Error('fresh: a gradient of jax-js is required, got none.')
    return { ms: await timed(() => task.run(1)) }
  },
  'MLP step': async () => {
    await start()
    const trainer = await ours(g, await makeTask(g, mlpWidths), 'wasm')
    return { ms: await timed(() => trainer.step()) }
  },
  'MY_NET step': async () => {
    await start()
    return firstStep()
  },
  // without what the system takes to give pages, which differs much between machines
  'MY_NET step, memory touched': async () => {
    await start()
    const touched = g.np.ones([elementsTouched]).add(1)
    waitForTensor(touched)
    touched.dispose()
    return firstStep()
  },
}

const what = process.argv[2] ?? ''
if (works[what] === undefined)
  throw new Error(`fresh: one of ${Object.keys(works).join(', ')} is required, got ${what}.`)
process.stdout.write(`${JSON.stringify(await works[what]())}\n`)
