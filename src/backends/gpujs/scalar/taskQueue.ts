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
