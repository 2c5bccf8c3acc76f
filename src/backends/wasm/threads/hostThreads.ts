import { BackendError } from '../../../ir/errors.js'

/** More threads than this wait for memory rather than compute. */
const mostByDefault = 8

const mostByChoice = 64

/** A thread that was started. */
export interface HostThread {
  /** Ends it, wherever it is. */
  terminate(): void
}

/** How the host starts threads over a shared memory. */
export interface HostThreads {
  /** Threads of the hardware. */
  readonly hardware: number
  /** Starts a thread that does not keep the process alive; `ended` is told why it ends, if it does. */
  start(script: string, data: object, ended: (why: string) => void): HostThread
}

/** The part of a browser's page that is used; the compiler's libraries declare it for browsers only. */
type Page = {
  readonly crossOriginIsolated?: boolean
  readonly navigator?: { readonly hardwareConcurrency?: number }
  readonly Worker?: new (
    url: string,
  ) => {
    onerror: ((event: { readonly message?: string }) => void) | null
    postMessage(data: object): void
    terminate(): void
  }
}

const nodeThreads = (): HostThreads | null => {
  const workers = process.getBuiltinModule?.('worker_threads')
  const os = process.getBuiltinModule?.('os')
  if (workers === undefined || os === undefined) return null
  return {
    hardware: os.availableParallelism(),
    start: (script, data, ended) => {
      const worker = new workers.Worker(script, { eval: true, workerData: data, execArgv: [], env: {} })
      worker.unref()
      worker.on('error', (error) => ended(String(error)))
      worker.on('exit', (code) => ended(`it ended with exit code ${code}`))
      return { terminate: () => void worker.terminate() }
    },
  }
}

const pageThreads = (): HostThreads | null => {
  const { Worker, crossOriginIsolated, navigator } = globalThis as typeof globalThis & Page
  if (Worker === undefined || crossOriginIsolated !== true) return null
  return {
    hardware: navigator?.hardwareConcurrency ?? 1,
    start: (script, data, ended) => {
      const url = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }))
      const worker = new Worker(url)
      worker.onerror = (event) => ended(event.message ?? 'it could not start')
      worker.postMessage(data)
      return { terminate: () => worker.terminate() }
    },
  }
}

/** The host's threads; `null` where there are none over a shared memory. */
export const hostThreads = (): HostThreads | null => {
  if (typeof SharedArrayBuffer === 'undefined') return null
  const isNode = typeof process === 'object' && process.versions?.node !== undefined
  return isNode ? nodeThreads() : pageThreads()
}

/** The number of threads where none is chosen. */
export const defaultThreads = ({ hardware }: HostThreads): number =>
  Math.max(1, Math.min(hardware, mostByDefault))

const unfit = (asker: string, count: number | string): BackendError =>
  new BackendError(
    `${asker}: a number of threads from 1 to ${mostByChoice} is required, got ${count}. Leave it out for as many as the hardware has.`,
  )

/** @throws BackendError unless there can be this many threads */
export const expectThreads = (asker: string, count: number): void => {
  if (!Number.isInteger(count) || count < 1 || count > mostByChoice) throw unfit(asker, count)
}

/** The number of threads that the environment variable says. @throws BackendError where it says none */
export const namedThreads = (text: string): number => {
  if (!/^[1-9]\d*$/.test(text) || Number(text) > mostByChoice) throw unfit('GRAD_TS_THREADS', text)
  return Number(text)
}
