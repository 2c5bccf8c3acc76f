import type { Backend, Handle } from '../../../ir/backend.js'
import type { Costs } from '../../../ir/costs.js'
import { BackendError, internal } from '../../../ir/errors.js'
import { doLater } from '../../walk/waiting.js'
import { dtypeOf, dtypes } from '../dtypes.js'
import { ScalarCompiler } from './compiler.js'
import type { ScalarDevice } from './device.js'
import { ScalarArray } from './scalarArray.js'

/** An array that a program will make, or has made. */
class Expected {
  /** The array, once it is there. */
  array: ScalarArray | null = null

  constructor(readonly made: Promise<ScalarArray>) {
    made.then(
      (array) => {
        this.array = array
      },
      // whoever reads it hears of it
      () => {},
    )
  }
}

const expected = (handle: Handle): Expected => {
  if (handle instanceof Expected) return handle
  throw internal('gpujs: an array of this backend is required')
}

/**
 * A backend on a device that answers later: programs run one after the other, in the order in which they were called, and
 * their results are arrays to come; a program waits for elements that it needs on the host.
 */
export const laterBackend = (
  name: string,
  about: Backend['device'],
  device: ScalarDevice,
  costs: Costs,
): Backend => {
  const compiler = new ScalarCompiler(device)
  const queue = new TaskQueue()
  const onHost = (array: ScalarArray) => ({ reading: doLater(array.host()) })
  return {
    name,
    device: about,
    capabilities: { dtypes, syncRead: false, costs },
    compile: (program) => {
      const { run, placements } = compiler.program(program)
      return {
        placements,
        run: (handles, donated) => {
          const inputs = handles.map(expected)
          const results = queue.add(async () => {
            await device.residents?.makeRoomLater()
            const arrays = await Promise.all(inputs.map((i) => i.made))
            const outputs = await doLater(run(arrays))
            arrays.forEach((array, i) => {
              if (donated[i]) array.free()
            })
            return outputs
          })
          return program.outputs.map((_, i) => new Expected(results.then((arrays) => arrays[i])))
        },
      }
    },
    upload: (data) => new Expected(Promise.resolve(ScalarArray.onHost(device, dtypeOf(data), data))),
    // begun in its turn, before later work may free the array; others need not wait for its end
    download: async (handle) => (await queue.add(async () => onHost(await expected(handle).made))).reading,
    downloadSync: (handle) => {
      const data = expected(handle).array?.hostData ?? null
      if (data !== null) return data
      throw new BackendError(
        `read: a backend that answers at once is required, and ${name} answers later. Use await x.data(); after that, x can be read at once.`,
      )
    },
    free: (handle) => {
      const { made } = expected(handle)
      queue.add(async () => (await made).free()).catch(() => {})
    },
  }
}

/** Does tasks one after the other, in the order in which they were asked for. */
export class TaskQueue {
  #last: Promise<unknown> = Promise.resolve()

  /** The task's result; a task that fails does not stop the others. */
  add<T>(task: () => Promise<T>): Promise<T> {
    const done = this.#last.then(task)
    this.#last = done.catch(() => {})
    return done
  }
}
