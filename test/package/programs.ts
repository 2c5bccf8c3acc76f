/** The bound of a page with `grad` and `np`: bytes, compressed. */
export const mostBytes = 120_000

const gradient = `
  const f = (x) => np.sin(x).mul(x).sum()
  const gradient = JSON.stringify(grad(f)(np.array([0, 1, 2])).toArray().map((v) => Number(v.toFixed(4))))
`

/** sin x + x cos x at 0, 1 and 2. */
export const printed = '[0,1.3818,0.077]'

/** A page that takes a derivative, and nothing else. */
export const page = `
  import { grad, np } from 'grad-ts'
  ${gradient}
  console.log(gradient)
  globalThis.gradient = gradient
`

/** A page that asks for another backend when it is told to. */
export const askingPage = `
  import { jit, loadBackend, np } from 'grad-ts'
  globalThis.ask = async () => {
    await loadBackend('reference')
    return jit(np.exp, { backend: 'reference' })(0).item()
  }
`

/** Whether what is required and what is imported is one library, after its gradient. */
export const requiring = `
  const { grad, np, Tensor } = require('grad-ts')
  const { sort } = require('grad-ts/lax')
  ${gradient}
  console.log(gradient)
  import('grad-ts').then((m) => console.log(m.Tensor === Tensor && typeof sort === 'function' ? 'one' : 'two'))
`

/** The same in a thread. */
export const threaded = `
  import { isMainThread, parentPort, Worker } from 'node:worker_threads'
  import { grad, np } from 'grad-ts'
  ${gradient}
  if (isMainThread) new Worker(new URL(import.meta.url)).on('message', (m) => console.log(m))
  else parentPort.postMessage(gradient)
`

/** Tests as jest runs them without its flag for modules. */
export const jestTests = `
  const { grad, jit, loadBackend, np } = require('grad-ts')
  const { matchers } = require('grad-ts/testing')
  expect.extend(matchers)
  ${gradient}
  test('a gradient', () => expect(gradient).toBe('${printed}'))
  test('another backend', async () => {
    await loadBackend('reference')
    expect(jit(np.exp, { backend: 'reference' })(0).item()).toBe(1)
  })
  test('a matcher', () => expect(np.sin(np.array([0]))).toBeCloseToTensor([0]))
`

/** What a project in TypeScript may say: types of all entries, by their names. */
export const typed = `
  import { grad, np, optim, random, type Tensor } from 'grad-ts'
  import * as augment from 'grad-ts/augment'
  import * as debug from 'grad-ts/debug'
  import * as exported from 'grad-ts/export'
  import * as io from 'grad-ts/io'
  import * as lax from 'grad-ts/lax'
  import * as linalg from 'grad-ts/linalg'
  import * as metrics from 'grad-ts/metrics'
  import * as runs from 'grad-ts/runs'
  import * as testing from 'grad-ts/testing'
  import * as train from 'grad-ts/train'
  export const f = (x: Tensor): Tensor => np.tanh(x).mul(x).sum()
  export const g: Tensor = grad(f)(random.normal(random.key(0), 3))
  export const entries = [augment, debug, exported, io, lax, linalg, metrics, optim, runs, testing, train]
  // @ts-expect-error: the package has types, and refuses what they refuse
  export const wrong = np.tanh({})
`
