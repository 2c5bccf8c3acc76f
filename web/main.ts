import { gatherImages, type ImageBatch } from '../jobs/src/images/data/imageBatch.js'
import type { ImageSet } from '../jobs/src/images/data/imageSet.js'
import { inOrder } from '../src/data/batches.js'
import { type Device, devices } from '../src/index.js'
import { drawCurve, runningMean } from './curve.js'
import { fetchDigits } from './digits.js'
import { drawingPad } from './drawingPad.js'
import { drawnDigit, type Stroke } from './drawnDigit.js'
import { showDigits } from './gallery.js'
import { numberIn } from './numberField.js'
import { showReading } from './reading.js'
import { type DigitTrainer, digitTrainer } from './trainer.js'

const offered = ['wasm', 'gpujs:webgl2', 'gpujs:webgpu', 'reference']

/** The cards' order is that of the list above. */
const place = ({ name }: Device): number => offered.indexOf(name)
const judgedDigits = 500
const shownDigits = 33
const judgeEvery = 25

const element = <E extends Element>(id: string, kind: new () => E): E => {
  const found = document.getElementById(id)
  if (!(found instanceof kind)) throw new Error(`the page has no ${id}`)
  return found
}

const form = element('controls', HTMLFormElement)
const message = element('message', HTMLElement)
const [trainButton, stopButton, overButton] = ['train', 'stop', 'over'].map((id) =>
  element(id, HTMLButtonElement),
)
const [stepsField, rateField] = ['steps', 'rate'].map((id) => element(id, HTMLInputElement))
const curve = element('curve', SVGElement)

const say = (text: string, failed = false): void => {
  message.textContent = text
  message.classList.toggle('failed', failed)
}

const show = (id: string, text: string): void => {
  element(id, HTMLElement).textContent = text
}

/** The values of the fields, or `null` where one of them is wrong, which then says so itself. */
const wishes = (): { readonly steps: number; readonly rate: number } | null => {
  const steps = numberIn(stepsField, 'A whole number')
  const rate = numberIn(rateField, 'A number')
  return steps === null || rate === null ? null : { steps, rate }
}

const chosenBackend = (): string => String(new FormData(form).get('backend'))

/** Threads need two headers, which are the server's to send. */
const withoutThreads = 'Threads need a server that sends the headers of cross-origin isolation.'

/** A choice for each backend; those that cannot start say why. */
const offer = (there: readonly Device[]): void => {
  const fieldset = element('backends', HTMLElement)
  for (const { name, description, isHardware } of there
    .filter((d) => place(d) >= 0)
    .sort((a, b) => place(a) - place(b))) {
    const input = document.createElement('input')
    Object.assign(input, { type: 'radio', name: 'backend', value: name, disabled: isHardware === null })
    input.checked = name === 'wasm'
    const about = document.createElement('small')
    const more = name === 'wasm' && !globalThis.crossOriginIsolated ? `. ${withoutThreads}` : ''
    about.textContent = isHardware === null ? `Cannot start. ${description}` : description + more
    const label = document.createElement('label')
    label.className = 'backend'
    label.append(input, name, about)
    fieldset.append(label)
  }
}

type Data = {
  readonly trainer: DigitTrainer
  readonly test: ImageSet
  readonly unseen: ImageBatch
  readonly predict: (predicted: ArrayLike<number>) => void
  /** Reads again what was drawn. */
  readonly reread: () => Promise<void>
}

let losses: readonly number[] = []
/** Steps in all, those that are asked for included. */
let aim = 0

const figures = ['step', 'loss', 'accuracy', 'speed']
const redraw = (): void => drawCurve(curve, losses, Math.max(aim, 1))

const run = async (
  { trainer, test, unseen, predict, reread }: Data,
  { steps, rate }: { readonly steps: number; readonly rate: number },
  signal: AbortSignal,
): Promise<void> => {
  const backend = chosenBackend()
  const before = trainer.done()
  aim = before + steps
  say(`Compiling for ${backend}…`)
  let began = 0
  for await (const progress of trainer.train({ backend, rate, steps, judgeEvery, signal })) {
    if (progress.kind === 'step') {
      losses = [...losses, progress.loss]
      // the first step compiles
      const timed = progress.step - before - 1
      if (timed === 0) began = performance.now()
      else show('speed', ((timed * 1000) / (performance.now() - began)).toFixed(1))
      show('step', `${progress.step} of ${aim}`)
      show('loss', (runningMean(losses, 20).at(-1) ?? Number.NaN).toFixed(3))
      redraw()
      say(before === 0 ? `Training on ${backend}…` : `Training on ${backend}, on from step ${before}…`)
    } else {
      predict(progress.predicted)
      const right = progress.predicted.reduce((n, c, i) => n + (c === test.labels[i] ? 1 : 0), 0)
      show('accuracy', `${((100 * right) / unseen.size).toFixed(1)} %`)
      await reread()
    }
  }
  aim = trainer.done()
  redraw()
  const all = before === 0 ? '' : `, ${trainer.done()} in all`
  say(
    `${signal.aborted ? 'Stopped' : 'Trained'} on ${backend}: ${trainer.done() - before} steps${all}. Train goes on from here.`,
  )
}

const fail = (error: unknown): void => say(error instanceof Error ? error.message : String(error), true)

/** Reads what is drawn on the pad, as it is drawn; gives what reads it again. */
const readDrawings = (trainer: DigitTrainer): (() => Promise<void>) => {
  const seen = element('seen', HTMLCanvasElement).getContext('2d', { willReadFrequently: true })
  if (seen === null) throw new Error('the page cannot draw')
  const shown = showReading(element('reading', HTMLElement))
  let strokes: readonly Stroke[] = []
  let isReading = false
  const read = async (): Promise<void> => {
    if (isReading) return // what is drawn meanwhile is read next
    isReading = true
    try {
      for (let drawn: typeof strokes | null = null; drawn !== strokes; ) {
        drawn = strokes
        const scores =
          drawn.length === 0 ? null : await trainer.read(drawnDigit(seen, drawn), chosenBackend())
        if (drawn.length === 0) seen.clearRect(0, 0, seen.canvas.width, seen.canvas.height)
        shown(scores, trainer.done() > 0)
      }
    } finally {
      isReading = false
    }
  }
  drawingPad(element('pad', HTMLCanvasElement), element('clear', HTMLButtonElement), (all) => {
    strokes = [...all]
    read().catch(fail)
  })
  return read
}

const start = async (): Promise<void> => {
  const { GPU } = await import('gpu.js')
  const [digits, there] = await Promise.all([fetchDigits(), devices({ GPU })])
  offer(there)
  if (digits._tag === 'Left') {
    say(`The digits could not be read: ${digits.left.message}`, true)
    return
  }
  const { train, test } = digits.right
  const unseen = gatherImages(test, inOrder(judgedDigits))
  const predict = showDigits(element('digits', HTMLElement), test, shownDigits)
  const trainer = digitTrainer(train, unseen)
  const data = { trainer, test, unseen, predict, reread: readDrawings(trainer) }
  let stop = new AbortController()
  aim = stepsField.valueAsNumber
  redraw()
  new ResizeObserver(redraw).observe(curve)
  say(`${train.count} digits to learn from, ${test.count} others to be tested on.`)
  trainButton.disabled = false
  for (const field of [stepsField, rateField]) field.addEventListener('input', wishes)
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const asked = wishes()
    if (asked === null) {
      form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
      return
    }
    stop = new AbortController()
    const setRunning = (isRunning: boolean): void => {
      trainButton.disabled = isRunning
      stopButton.disabled = !isRunning
      overButton.disabled = isRunning || trainer.done() === 0
    }
    setRunning(true)
    run(data, asked, stop.signal)
      .catch(fail)
      .finally(() => setRunning(false))
  })
  stopButton.addEventListener('click', () => stop.abort())
  overButton.addEventListener('click', () => {
    trainer.startOver()
    losses = []
    aim = stepsField.valueAsNumber
    overButton.disabled = true
    for (const id of figures) show(id, '–')
    predict([])
    redraw()
    data.reread().catch(fail)
    say('The network has forgotten everything.')
  })
}

start().catch(fail)
