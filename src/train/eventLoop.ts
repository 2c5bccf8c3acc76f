/** A turn of the event loop: Node's own, or that of a page, where timers would wait for four milliseconds. */
export const turn = (): Promise<void> =>
  new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve)
    else {
      const { port1, port2 } = new MessageChannel()
      port1.addEventListener('message', () => {
        port1.close()
        resolve()
      })
      port1.start()
      port2.postMessage(null)
    }
  })

/** Asks for an end, as an `AbortSignal` does: it is looked at between two turns. */
export type StopSignal = { readonly aborted: boolean; readonly reason?: unknown }

/** Nobody asks. */
export const noSignal: StopSignal = { aborted: false }
