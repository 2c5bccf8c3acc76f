import { internal } from '../../ir/errors.js'

/**
 * Work that may have to wait: it yields the promises it waits for, and goes on with their values. The same work is done
 * at once where nothing has to be waited for.
 */
export type Work<T> = Generator<Promise<unknown>, T, unknown>

/** The value, once it is there. */
export function* arrived<T>(value: T | Promise<T>): Work<T> {
  return value instanceof Promise ? ((yield value) as T) : value
}

/** Does work that never waits. */
export const doNow = <T>(work: Work<T>): T => {
  const step = work.next()
  if (step.done === true) return step.value
  throw internal('gpujs: a device that answers at once makes its caller wait')
}

export const doLater = async <T>(work: Work<T>): Promise<T> => {
  let step = work.next()
  while (step.done !== true) {
    let answer: unknown
    try {
      answer = await step.value
    } catch (error) {
      step = work.throw(error)
      continue
    }
    step = work.next(answer)
  }
  return step.value
}
