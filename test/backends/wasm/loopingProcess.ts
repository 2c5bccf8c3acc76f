import { isMainThread, Worker } from 'node:worker_threads'
import type { WasmArray } from '../../../src/backends/wasm/memory/wasmArray.js'
import { backendNamed } from '../../../src/compiler/backends.js'
import { np } from '../../../src/index.js'

/** 1.2 GB of arrays of which one is held at a time, in one job; says how much memory the engine has afterwards. */
const loop = (): void => {
  let w = np.zeros([1_000_000])
  for (let i = 0; i < 300; i++) w = w.add(1)
  const { arena } = backendNamed('wasm').upload(new Float32Array(1)) as WasmArray
  const megabytes = arena.memory.buffer.byteLength / 1e6
  console.log(JSON.stringify({ megabytes, value: w.max().item() }))
}

const here = JSON.stringify(import.meta.url)

if (isMainThread && process.argv[2] === 'worker')
  // threads of Node 20 don't inherit tsx
  new Worker(`import('tsx/esm/api').then(({ tsImport }) => tsImport(${here}, ${here}))`, { eval: true })
else loop()
