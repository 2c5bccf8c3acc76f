import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { codecs, type IoError } from 'grad-ts/io'
import * as t from 'io-ts'
import { exitCodes, type Failure } from '../../cli/failure.js'
import { decodeFlags } from '../../cli/flags.js'
import { invertedPixels, isDarkOnLight } from '../data/darkOnLight.js'
import { formOf } from '../data/folderData.js'
import { bytesPerImage, type ImageSet } from '../data/imageSet.js'
import { readPicture } from '../data/loadImageFolder.js'
import type { Picture } from '../data/png.js'
import type { Judged } from '../models/evaluate.js'
import { loadModel } from './loadedModel.js'
import type { TrainableModel } from './models.js'
import { openSavedRun, showRun } from './savedRun.js'

/** The flags of `grad-ts predict`. */
const PredictFlags = codecs.closedPartial(
  { invert: t.boolean, json: t.boolean, backend: t.string },
  'PredictFlags',
)

/** How many classes are named of an image. */
const named = 3

type Guess = { readonly class: string; readonly probability: number }

/** The result for a file: its likeliest classes, best first, or what is wrong with it. */
type Prediction =
  | {
      readonly file: string
      readonly inverted: boolean
      readonly class: string
      readonly top: readonly Guess[]
    }
  | { readonly file: string; readonly error: string }

type Read = {
  readonly file: string
  readonly picture: E.Either<IoError, { readonly picture: Picture; readonly inverted: boolean }>
}

/** Each file as the model takes images, inverted or not as is asked, or as they look. One after the other: nobody has thousands of files open. */
const readAll = async (
  files: readonly string[],
  { image }: TrainableModel,
  invert: boolean | undefined,
): Promise<readonly Read[]> => {
  const form = { ...formOf(image), lightOnDark: false }
  const read: Read[] = []
  for (const file of files) {
    const picture = pipe(
      await readPicture(file, form)(),
      E.map((picture) => {
        const inverted = invert ?? (image.lightOnDark && isDarkOnLight(picture))
        return { picture: inverted ? invertedPixels(picture) : picture, inverted }
      }),
    )
    read.push({ file, picture })
  }
  return read
}

/** Pictures as a set; of what class they are is what is asked, so all labels are 0. */
const setOf = (pictures: readonly Picture[], { image, classes }: TrainableModel): ImageSet => {
  const bytes = bytesPerImage(image)
  const pixels = new Uint8Array(pictures.length * bytes)
  pictures.forEach((picture, i) => {
    pixels.set(picture.pixels, i * bytes)
  })
  const { channels, height, width } = image
  return {
    channels,
    height,
    width,
    count: pictures.length,
    pixels,
    labels: new Uint32Array(pictures.length),
    classes,
  }
}

/** The likeliest classes of the `row`-th image, the one that is predicted first. */
const likeliest = (
  { scores, predicted }: Judged,
  row: number,
  classes: readonly string[],
): readonly Guess[] => {
  const all = classes.map((name, c) => ({ c, class: name, probability: scores[row * classes.length + c] }))
  const rest = all
    .filter(({ c }) => c !== predicted[row])
    .sort((a, b) => b.probability - a.probability || a.c - b.c)
  return [all[predicted[row]], ...rest]
    .slice(0, named)
    .map(({ class: name, probability }) => ({ class: name, probability }))
}

const predictionsOf = (
  read: readonly Read[],
  judged: Judged,
  { classes }: TrainableModel,
): readonly Prediction[] => {
  let row = 0
  return read.map(({ file, picture }): Prediction => {
    if (E.isLeft(picture)) return { file, error: picture.left.message }
    const top = likeliest(judged, row++, classes)
    return { file, inverted: picture.right.inverted, class: top[0].class, top }
  })
}

/** Files that are named of many. */
const namedFiles = 3

/** Which images were inverted, in one line. */
const inversionNote = (predictions: readonly Prediction[]): string | null => {
  const files = predictions.flatMap((p) => ('error' in p || !p.inverted ? [] : [p.file]))
  if (files.length === 0) return null
  const rest = files.length - namedFiles
  const named = `${files.slice(0, namedFiles).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`
  return `dark on light, read inverted: ${named} (--no-invert reads images as they are)`
}

/** A line for each image that could be read: the file, its class, and the likeliest classes with their probabilities. */
const predictionLines = (predictions: readonly Prediction[]): readonly string[] => {
  const known = predictions.flatMap((p) => ('error' in p ? [] : [p]))
  const width = Math.max(...known.map(({ file }) => [...file].length))
  const classWidth = Math.max(...known.flatMap(({ top }) => top.map((guess) => guess.class.length)))
  return known.map(({ file, class: name, top }) => {
    const padding = ' '.repeat(width - [...file].length)
    const guesses = top.map((guess) => `${guess.class.padStart(classWidth)} ${guess.probability.toFixed(4)}`)
    return `${file}${padding}  ${name.padStart(classWidth)}  (${guesses.join(', ')})`
  })
}

/** `grad-ts predict RUN image.png …`: the exit code (1 where an image could not be read), or what went wrong. */
export const runPredict = (
  folder: string,
  files: readonly string[],
  raw: object,
  signal: AbortSignal,
  say: { readonly print: (line: string) => void; readonly warn: (line: string) => void },
): TE.TaskEither<Failure, number> =>
  pipe(
    TE.fromEither(decodeFlags(PredictFlags)(raw)),
    TE.bindTo('flags'),
    TE.bindW('run', () => openSavedRun(folder)),
    TE.bindW('loaded', ({ run, flags }) => loadModel(run, flags.backend)),
    TE.chainW(({ flags, run, loaded }) =>
      TE.fromTask(async () => {
        if (!run.isFinished) say.warn(showRun(run))
        const model = run.trained
        const read = await readAll(files, model, flags.invert)
        const pictures = read.flatMap(({ picture }) => (E.isRight(picture) ? [picture.right.picture] : []))
        const judged = await loaded.judge(setOf(pictures, model), signal)
        if (O.isNone(judged)) return exitCodes.interrupted
        const predictions = predictionsOf(read, judged.value, model)
        for (const p of predictions) if ('error' in p) say.warn(p.error)
        const note = inversionNote(predictions)
        if (flags.invert === undefined && note !== null) say.warn(note)
        if (flags.json === true) say.print(JSON.stringify(predictions, null, 2))
        else for (const line of predictionLines(predictions)) say.print(line)
        return pictures.length === files.length ? 0 : 1
      }),
    ),
  )
