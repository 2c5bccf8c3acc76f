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

/** Operations that are all different. */
const chainOf = (x: g.Tensor, length: number): g.Tensor => {
  let y = x
  for (let i = 0; i < length; i++)
    y = i % 4 === 0 ? g.np.sin(y) : i % 4 === 1 ? y.mul(1 + 1 / i) : i % 4 === 2 ? g.np.tanh(y) : y.add(1 / i)
  return y.sum()
}

/** Small products, whose values are all kept for the gradient. */
const products = (x: g.Tensor, length: number): g.Tensor => {
  const w = x.reshape([8, 8])
  let y = w
  for (let i = 0; i < length; i++) y = y.matmul(w)
  return y.sum()
}

/** Of an unrolled function of 64 numbers: the time and the memory of its first call, tracing and compiling included. */
const firstGradient = async (f: (x: g.Tensor) => g.Tensor) => {
  await start()
  const x = g.np.full([64], 0.125)
  waitForTensor(x)
  const gradient = g.jit(g.grad(f))
  const ms = await timed(() => waitForTensor(gradient(x)))
  const megabytes = process.resourceUsage().maxRSS / 1024
  return { ms, megabytes, equations: g.makeGraph(g.grad(f))(x).graph.eqns.length }
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
  'chain of 500': () => firstGradient((x) => chainOf(x, 500)),
  'chain of 2,000': () => firstGradient((x) => chainOf(x, 2000)),
  'chain of 10,000': () => firstGradient((x) => chainOf(x, 10_000)),
  'products, 2,000': () => firstGradient((x) => products(x, 2000)),
  concatenation: async () => {
    await start()
    const parts = Array.from({ length: 2000 }, (_, i) => g.np.full([64], i).add(1))
    for (const part of parts) waitForTensor(part)
    return { ms: await timed(() => waitForTensor(g.np.concatenate(parts))) }
  },
}

const what = process.argv[2] ?? ''
if (works[what] === undefined)
  throw new Error(`fresh: one of ${Object.keys(works).join(', ')} is required, got ${what}.`)
process.stdout.write(`${JSON.stringify(await works[what]())}\n`)
