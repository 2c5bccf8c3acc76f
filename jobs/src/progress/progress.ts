import { SingleBar } from 'cli-progress'
import type { Figures } from 'grad-ts/train'

/** Where a bar is drawn: a terminal, a pipe, or a test's buffer. */
export type ProgressStream = Pick<NodeJS.WritableStream, 'write'> & { readonly isTTY?: boolean }

/** A bar for one epoch. `update` says how many steps are done; `finish` leaves the bar as it is. */
export type Progress = {
  readonly update: (doneSteps: number, doneExamples: number, means: Figures) => void
  readonly finish: () => void
}

export type ProgressOptions = {
  readonly stream: ProgressStream
  readonly label: string
  readonly totalSteps: number
  /** Steps done before this process began: they don't count for the speed. */
  readonly doneSteps: number
  readonly doneExamples: number
  /** Milliseconds, from any origin. */
  readonly now: () => number
}

/** `75` → `1m15s`; hours from 3,600 on. */
const showSeconds = (seconds: number): string => {
  if (!Number.isFinite(seconds)) return '?'
  const whole = Math.round(seconds)
  const two = (n: number): string => String(n).padStart(2, '0')
  if (whole < 60) return `${whole}s`
  if (whole < 3600) return `${Math.floor(whole / 60)}m${two(whole % 60)}s`
  return `${Math.floor(whole / 3600)}h${two(Math.floor(whole / 60) % 60)}m`
}

/** `loss 0.3021  accuracy 0.9141` */
export const showFigures = (figures: Figures): string =>
  Object.entries(figures)
    .map(([name, value]) => `${name} ${value.toFixed(4)}`)
    .join('  ')

/** Speed and time left, measured over what this process has done. */
const paceText = ({ totalSteps, doneSteps, doneExamples, now }: ProgressOptions) => {
  const began = now()
  return (steps: number, examples: number, means: Figures): string => {
    const seconds = Math.max((now() - began) / 1000, 1e-9)
    const speed = (examples - doneExamples) / seconds
    const left = ((totalSteps - steps) * seconds) / Math.max(steps - doneSteps, 1)
    return `${showFigures(means)}  ${speed.toFixed(0)} examples/s  ETA ${showSeconds(left)}`
  }
}

const lines = 5

/** One line for every fifth of the epoch: for logs and pipes. */
const sparseLines = (options: ProgressOptions): Progress => {
  const pace = paceText(options)
  const { stream, label, totalSteps, doneSteps } = options
  let shown = Math.floor((lines * doneSteps) / totalSteps)
  return {
    update: (steps, examples, means) => {
      const due = Math.floor((lines * steps) / totalSteps)
      if (due === shown) return
      shown = due
      stream.write(`${label}  ${steps}/${totalSteps}  ${pace(steps, examples, means)}\n`)
    },
    finish: () => {},
  }
}

const liveBar = (options: ProgressOptions, stream: NodeJS.WritableStream): Progress => {
  const pace = paceText(options)
  const bar = new SingleBar({
    stream,
    format: '{label}  [{bar}] {value}/{total}  {figures}',
    barsize: 12,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    gracefulExit: false,
  })
  bar.start(options.totalSteps, options.doneSteps, { label: options.label, figures: '' })
  return {
    update: (steps, examples, means) => bar.update(steps, { figures: pace(steps, examples, means) }),
    finish: () => bar.stop(),
  }
}

const isTerminal = (stream: ProgressStream): stream is NodeJS.WriteStream => stream.isTTY === true

/** A live bar on a terminal, a few lines elsewhere. */
export const openProgress = (options: ProgressOptions): Progress =>
  isTerminal(options.stream) ? liveBar(options, options.stream) : sparseLines(options)
