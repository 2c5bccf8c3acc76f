import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { wasmBackend } from '../../../src/backends/wasm/index.js'
import type { WasmArray } from '../../../src/backends/wasm/memory/wasmArray.js'
import { webAssembly } from '../../../src/backends/wasm/webAssembly.js'
import { registerBackend } from '../../../src/compiler/backends.js'
import { np, setDefaultBackend } from '../../../src/index.js'
import type { Backend } from '../../../src/ir/backend.js'
import { loopCases } from '../residence/loopCases.js'

if (webAssembly === undefined) throw new Error('the tests of the WebAssembly engine need WebAssembly')

const softLimit = 2 ** 23

/** An engine's memory: what it has now, of which the freed is a part, and what is in use. */
const memoryOf = (backend: Backend) => {
  const probe = backend.upload(new Float32Array(1)) as WasmArray
  const { arena } = probe
  return {
    get bytes() {
      return arena.memory.buffer.byteLength
    },
    get usedBytes() {
      return arena.usedBytes
    },
  }
}

describe.each([
  ['are collected', { softLimit }],
  ['become host memory', { softLimit, collect: null }],
])('in loops that never leave their job, arrays that nobody holds %s:', (how, residence) => {
  const name = `wasm whose arrays ${how}`
  const backend = { ...wasmBackend(webAssembly as NonNullable<typeof webAssembly>, { residence }), name }
  const memory = memoryOf(backend)
  // what the loop itself holds, and the step of growth
  const most = 4 * softLimit + 2 ** 24

  beforeAll(() => {
    registerBackend(name, backend)
    setDefaultBackend(name)
  })
  afterAll(() => setDefaultBackend('reference'))

  loopCases({
    bytes: () => memory.bytes,
    usedBytes: () => memory.usedBytes,
    softLimit,
    most,
    rounds: 300,
  })

  it('very many small ones', () => {
    let x = np.zeros([])
    for (let i = 0; i < 20_000; i++) x = x.add(1)
    expect(x.item()).toBe(20_000)
    expect(memory.bytes).toBeLessThanOrEqual(most)
  })
})

it.each(['main', 'worker'])('loops with the limit that is usual stay bounded in Node: %s', async (where) => {
  const script = fileURLToPath(new URL('./loopingProcess.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', script, where], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, GRAD_TS_BACKEND: 'wasm' },
  })
  let text = ''
  child.stdout.on('data', (part) => {
    text += part
  })
  const [code] = await once(child, 'close')
  expect(code).toBe(0)
  const { megabytes, value } = JSON.parse(text) as { megabytes: number; value: number }
  expect(value).toBe(300)
  // the loop makes 1,200
  expect(megabytes).toBeLessThan(600)
})
