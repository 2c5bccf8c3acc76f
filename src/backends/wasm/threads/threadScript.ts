import { job, jobFunction, slot, spins } from './meeting.js'

/** How many modules a thread keeps; it makes those that it meets again from their bytes, which the memory holds. */
const mostModules = 256

/** The first message to a thread. */
export type ThreadStart = {
  readonly memory: object
  readonly meeting: Uint8Array
  /** Addresses. */
  readonly slot: number
  readonly job: number
  readonly scratch: number
}

/** A thread's program, as text that needs nothing else: neither bundlers nor minifiers change it. It never ends by itself. */
export const threadScript = `'use strict'
const begin = ({ memory, meeting, slot, job, scratch }) => {
  const hostFunction = () => { throw new Error('a function of the host was called on a thread') }
  const imports = { engine: { memory }, scalar: new Proxy({}, { get: () => hostFunction }) }
  const link = (bytes) => new WebAssembly.Instance(new WebAssembly.Module(bytes), imports).exports
  const { next: nextTurn, finish } = link(meeting)
  const words = new Int32Array(memory.buffer)
  const own = slot >>> 2
  const shared = job >>> 2
  const modules = new Map()
  const load = (id, at) => {
    const [address, length] = [words[at + ${jobFunction.code / 4}] >>> 0, words[at + ${jobFunction.codeBytes / 4}]]
    if (address + length > memory.buffer.byteLength) memory.grow(0)
    const functions = Object.values(link(new Uint8Array(memory.buffer, address, length).slice()))
    if (modules.size >= ${mostModules}) modules.delete(modules.keys().next().value)
    modules.set(id, functions)
    return functions
  }
  Atomics.store(words, own + ${slot.isReady / 4}, 1)
  for (;;) {
    const turn = nextTurn(slot, ${spins})
    try {
      const runs = []
      const tables = []
      for (let i = 0; i < words[shared + ${job.count / 4}]; i++) {
        const at = shared + ${job.functions / 4} + ${jobFunction.bytes / 4} * i
        const id = words[at + ${jobFunction.module / 4}]
        runs.push((modules.get(id) || load(id, at))[words[at + ${jobFunction.index / 4}]])
        tables.push(words[at + ${jobFunction.table / 4}])
      }
      const units = words[shared + ${job.units / 4}]
      const parts = words[shared + ${job.parts / 4}]
      const workers = words[shared + ${job.workers / 4}]
      const worker = words[own + ${slot.worker / 4}]
      for (let k = 0; k < workers; k++) {
        const from = (worker + k) % workers
        const next = shared + ${job.next / 4} + ${job.nextBytes / 4} * from
        const end = Math.floor((parts * (from + 1)) / workers)
        for (;;) {
          const part = Atomics.add(words, next, 1)
          if (part >= end) break
          const first = Math.floor((units * part) / parts)
          const last = Math.floor((units * (part + 1)) / parts)
          for (let i = 0; i < runs.length; i++) runs[i](tables[i], first, last, scratch)
        }
      }
    } catch (error) {
      const text = String(error).slice(0, ${slot.textBytes}) || 'an error'
      const bytes = new Uint8Array(words.buffer, slot + ${slot.text}, ${slot.textBytes})
      for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
      words[own + ${slot.failed / 4}] = text.length
    }
    finish(slot, turn)
  }
}
const node = globalThis.process
if (node && node.getBuiltinModule) begin(node.getBuiltinModule('worker_threads').workerData)
else self.onmessage = (event) => begin(event.data)
`
