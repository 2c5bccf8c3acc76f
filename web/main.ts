import { inOrder } from '../src/data/batches.js'
import { gatherImages, type ImageBatch } from '../src/data/imageBatch.js'
import type { ImageSet } from '../src/data/imageSet.js'
import { mnistScale } from '../src/data/pixels.js'
import { type Device, devices } from '../src/index.js'
import { drawCurve, runningMean } from './curve.js'
import { fetchDigits } from './digits.js'
import { showDigits } from './gallery.js'
import { training } from './training.js'

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
const [trainButton, stopButton] = [element('train', HTMLButtonElement), element('stop', HTMLButtonElement)]
const curve = element('curve', SVGElement)

const say = (text: string, failed = false): void => {
  message.textContent = text
  message.classList.toggle('failed', failed)
}

const show = (id: string, text: string): void => {
  element(id, HTMLElement).textContent = text
}

const numberIn = (id: string): number => element(id, HTMLInputElement).valueAsNumber

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
    about.textContent = isHardware === null ? `Cannot start. ${description}` : description
    const label = document.createElement('label')
    label.className = 'backend'
    label.append(input, name, about)
    fieldset.append(label)
  }
}

type Data = {
  readonly train: ImageSet
  readonly test: ImageSet
  readonly unseen: ImageBatch
  readonly predict: (predicted: ArrayLike<number>) => void
}

let stopped = false

const run = async ({ train, test, unseen, predict }: Data): Promise<void> => {
  const backend = String(new FormData(form).get('backend'))
  const steps = numberIn('steps')
  const losses: number[] = []
  say(`Compiling for ${backend}…`)
  let began = 0
  for await (const progress of training({
    backend,
    rate: numberIn('rate'),
    steps,
    digits: train,
    unseen,
    judgeEvery,
  })) {
    if (progress.kind === 'step') {
      losses.push(progress.loss)
      // the first step compiles
      if (losses.length === 1) began = performance.now()
      else show('speed', (((losses.length - 1) * 1000) / (performance.now() - began)).toFixed(1))
      show('step', `${progress.step} of ${steps}`)
      show('loss', (runningMean(losses, 20).at(-1) ?? Number.NaN).toFixed(3))
      drawCurve(curve, losses, steps)
      say(`Training on ${backend}…`)
    } else {
      predict(progress.predicted)
      const right = progress.predicted.reduce((n, c, i) => n + (c === test.labels[i] ? 1 : 0), 0)
      show('accuracy', `${((100 * right) / unseen.size).toFixed(1)} %`)
    }
    if (stopped) break
  }
  say(`${stopped ? 'Stopped' : 'Trained'} on ${backend}: ${losses.length} steps.`)
}

const start = async (): Promise<void> => {
  const [digits, there] = await Promise.all([fetchDigits(), devices()])
  offer(there)
  if (digits._tag === 'Left') {
    say(`The digits could not be read: ${digits.left.message}`, true)
    return
  }
  const { train, test } = digits.right
  const unseen = gatherImages(test, inOrder(judgedDigits), mnistScale)
  const predict = showDigits(element('digits', HTMLElement), test, shownDigits)
  drawCurve(curve, [], numberIn('steps'))
  say(`${train.count} digits to learn from, ${test.count} others to be tested on.`)
  trainButton.disabled = false
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    stopped = false
    trainButton.disabled = true
    stopButton.disabled = false
    run({ train, test, unseen, predict })
      .catch((error: unknown) => say(error instanceof Error ? error.message : String(error), true))
      .finally(() => {
        trainButton.disabled = false
        stopButton.disabled = true
      })
  })
  stopButton.addEventListener('click', () => {
    stopped = true
  })
}

start().catch((error: unknown) => say(error instanceof Error ? error.message : String(error), true))
