import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type IoError, tasks as io } from 'grad-ts/io'
import { type ConfusionMatrix, classificationReport, confusionMatrix } from 'grad-ts/metrics'
import { tasks } from 'grad-ts/runs'
import { type EpochPlan, type GradientState, type History, stepsPerEpoch } from 'grad-ts/train'
import { durationText, type PagePicture, type RunPage, runPage } from '../../page/runPage.js'
import { accuracyCurves, lossCurves, type RunCurves, rateCurve } from '../../pictures/runCurves.js'
import { imageDataset } from '../data/imageDataset.js'
import type { ImageSet } from '../data/imageSet.js'
import type { Judged } from '../models/evaluate.js'
import type { Inside } from '../models/filtersAndMaps.js'
import type { ImageClassifier } from '../models/imageClassifier.js'
import { confusionPlot } from '../pictures/confusionPlot.js'
import { featureMapGrid } from '../pictures/featureMapGrid.js'
import { filterGrid } from '../pictures/filterGrid.js'
import { labelledPictures } from '../pictures/labelledPictures.js'
import { mistakeGrid, mistakes } from '../pictures/mistakeGrid.js'
import type { TrainConfig } from './trainConfig.js'
import { printReport, type TrainingReport } from './trainingReport.js'

/** Files that a finished training leaves beside its checkpoint and its logs. */
export const runFiles = {
  page: 'index.html',
  report: 'report.json',
  weights: 'weights.safetensors',
  loss: 'loss.svg',
  accuracy: 'accuracy.svg',
  rate: 'learning-rate.svg',
  confusion: 'confusion.svg',
  mistakes: 'mistakes.png',
  filters: 'filters.png',
  maps: (layer: string) => `maps-${layer}.png`,
} as const

export type RunResult<P, S> = {
  readonly classifier: ImageClassifier<P, S>
  /** The state that was tested. */
  readonly state: GradientState<P, S>
  readonly config: TrainConfig
  readonly report: TrainingReport
  readonly history: History
  readonly plan: EpochPlan
  readonly test: ImageSet
  readonly judged: Judged
  /** The learning rate of a step, counted from 0. */
  readonly rate: (step: number) => number
  readonly command: string
  /** Milliseconds since 1970. */
  readonly finished: number
}

const curvesOf = <P, S>({ report, history, plan }: RunResult<P, S>): RunCurves => {
  const perEpoch = stepsPerEpoch(plan)
  const tested = report.bestEpoch ?? report.history.length
  return {
    model: report.model,
    stepsPerEpoch: perEpoch,
    stepLoss: history.steps['loss'],
    stepAccuracy: history.steps['accuracy'],
    epochs: report.history.map((means) => ({
      ...means,
      testLoss: means.epoch === tested ? report.testLoss : null,
      testAccuracy: means.epoch === tested ? report.testAccuracy : null,
    })),
  }
}

type NamedPicture = PagePicture & { readonly name: string }

const svg = (name: string, text: string, caption: string): NamedPicture => ({
  name,
  file: { _tag: 'Svg', text },
  caption,
})
const png = (name: string, bytes: Uint8Array, caption: string): NamedPicture => ({
  name,
  file: { _tag: 'Png', bytes },
  caption,
})

/** The pictures of a run, by the part of the page that they are in. */
const picturesOf = <P, S>(result: RunResult<P, S>, matrix: ConfusionMatrix, { filters, maps }: Inside) => {
  const { test, judged, config, rate } = result
  const curves = curvesOf(result)
  const rates = Float64Array.from(result.history.weights, (_, step) => rate(step))
  const wrong = mistakes(test, judged.predicted).length
  const pictures = labelledPictures(test, { inverted: test.channels === 1 })
  const grid = mistakeGrid(pictures, judged.predicted, { names: test.classes })
  return {
    curves: [
      svg(runFiles.loss, lossCurves(curves), 'Loss: each step, and each epoch'),
      svg(runFiles.accuracy, accuracyCurves(curves), 'Share of right predictions: each step, and each epoch'),
      ...(config.schedule === 'constant'
        ? []
        : [svg(runFiles.rate, rateCurve(curves, rates), `Learning rate: ${config.schedule}`)]),
    ],
    confusion: [
      svg(
        runFiles.confusion,
        confusionPlot(matrix, test.classes),
        'Rows: true classes; columns: predicted ones',
      ),
    ],
    mistakes: [png(runFiles.mistakes, grid, `${wrong} of ${test.count} test images were misread`)],
    filters: filters.map((f) =>
      png(runFiles.filters, filterGrid(f, { name: f.name }), `Filters of ${f.name}`),
    ),
    featureMaps: maps.map((m) =>
      png(
        runFiles.maps(m.name),
        featureMapGrid(m, { name: m.name }),
        `What ${m.name} makes of the first test image, a ${test.classes[test.labels[0]]}`,
      ),
    ),
  }
}

/** A table without the columns that have nothing in any row. */
const withoutGaps = (
  columns: readonly string[],
  rows: readonly (readonly (number | null)[])[],
): RunPage['epochs'] => {
  const isKept = columns.map((_, i) => rows.some((row) => row[i] !== null))
  const kept = <A>(row: readonly A[]): readonly A[] => row.filter((_, i) => isKept[i])
  return { columns: kept(columns), rows: rows.map(kept) }
}

const pageOf = <P, S>(
  { report, config, test, command, finished }: RunResult<P, S>,
  matrix: ConfusionMatrix,
  pictures: ReturnType<typeof picturesOf>,
): RunPage => {
  const { history, timings } = report
  return {
    title: report.model,
    subtitle:
      `${report.parameters.toLocaleString('en-US')} parameters, trained on ${report.trainExamples.toLocaleString('en-US')} images ` +
      `and tested on ${report.testExamples.toLocaleString('en-US')}, on backend ${report.backend}. ` +
      `Data: ${report.data}.`,
    headline: [
      { label: 'test accuracy', value: report.testAccuracy },
      { label: 'test loss', value: report.testLoss },
      { label: 'images a second', value: Math.round(timings.examplesPerSecond) },
    ],
    run: [
      { label: 'command', value: command },
      { label: 'finished', value: `${new Date(finished).toISOString().slice(0, 16).replace('T', ' ')} UTC` },
      { label: 'trained for', value: durationText(timings.totalSeconds) },
    ],
    files: [
      { name: runFiles.weights, caption: 'weights, as PyTorch reads them' },
      { name: tasks.logFiles.epochs, caption: 'figures of each epoch' },
      { name: tasks.logFiles.steps, caption: 'loss of each step' },
      { name: `${tasks.logFiles.tensorBoard}/`, caption: 'all figures, for TensorBoard' },
      { name: runFiles.report, caption: 'the figures of this page' },
      { name: `${tasks.checkpointName}/`, caption: 'what --resume goes on from' },
    ],
    config: Object.entries(config).flatMap(([label, value]) =>
      value === null
        ? []
        : [{ label, value: typeof value === 'object' ? `${value.length} of the data` : value }],
    ),
    epochs: withoutGaps(
      ['epoch', 'train loss', 'train accuracy', 'validation loss', 'validation accuracy'],
      history.map((e) => [e.epoch, e.trainLoss, e.trainAccuracy, e.validationLoss, e.validationAccuracy]),
    ),
    report: classificationReport(matrix, test.classes),
    ...pictures,
  }
}

/** The outputs of the model's layers for the first test image. */
const firstInside = async <P, S>({ classifier, state, test }: RunResult<P, S>): Promise<Inside> =>
  classifier.inside(state, await imageDataset(test).batch(Uint32Array.of(0)))

/** Writes the pictures, the page that shows them, the weights and the report into `folder`, and the report to `reportPath` too. */
export const writeRunFiles = <P, S>(
  folder: string,
  reportPath: string | undefined,
  result: RunResult<P, S>,
): TE.TaskEither<IoError, void> =>
  pipe(
    TE.fromTask(() => firstInside(result)),
    TE.chain((inside) => {
      const { test, judged } = result
      const matrix = confusionMatrix(test.labels, judged.predicted, test.classes.length)
      const pictures = picturesOf(result, matrix, inside)
      const report = printReport(result.report)
      const files = Object.values(pictures).flatMap((all: readonly NamedPicture[]) =>
        all.map(({ name, file }) => [name, file._tag === 'Svg' ? file.text : file.bytes] as const),
      )
      return pipe(
        [
          ...files.map(([name, content]) => io.atomicWrite(join(folder, name), content)),
          io.saveWeights(join(folder, runFiles.weights), result.classifier.task.variables(result.state)),
          io.atomicWrite(join(folder, runFiles.page), runPage(pageOf(result, matrix, pictures))),
          io.atomicWrite(join(folder, runFiles.report), report),
          ...(reportPath === undefined ? [] : [io.atomicWrite(reportPath, report)]),
        ],
        TE.sequenceSeqArray,
        TE.map(() => undefined),
      )
    }),
  )
