import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { ImageSet } from '../data/imageSet.js'
import { atomicWrite } from '../io/atomicWrite.js'
import type { IoError } from '../io/ioError.js'
import { type EpochPlan, epochFigures, type History, stepsPerEpoch } from './history.js'
import type { Judged } from './learner.js'
import { mistakePicture } from './mistakePicture.js'
import { linePlot, movingAverage } from './pictures/linePlot.js'
import { printReport, type TrainingReport } from './trainingReport.js'

/** What a finished training leaves beside its checkpoint. */
export const runFiles = { lossPlot: 'loss.svg', misread: 'misread.png', report: 'report.json' } as const

/** Loss of each step, its moving average, the mean of each epoch, and the test's loss at the end. */
export const plotHistory = (model: string, history: History, plan: EpochPlan, testLoss: number): string => {
  const perEpoch = stepsPerEpoch(plan)
  const steps = Float64Array.from(history.loss, (_, i) => (i + 1) / perEpoch)
  const window = Math.max(1, Math.round(perEpoch / 20))
  const epochs = Array.from({ length: Math.floor(history.loss.length / perEpoch) }, (_, i) => i)
  return linePlot(
    [
      { name: 'training, each step', color: '#b8cbe6', x: steps, y: history.loss, width: 1, dots: false },
      {
        name: `mean of ${window} steps`,
        color: '#2563a8',
        x: steps,
        y: movingAverage(history.loss, window),
        width: 2,
        dots: false,
      },
      {
        name: 'mean of each epoch',
        color: '#e08a1e',
        x: epochs.map((e) => e + 1),
        y: epochs.map((e) => epochFigures(history, plan, e).loss),
        width: 1.5,
        dots: true,
      },
      {
        name: 'test',
        color: '#c81e2d',
        x: [steps.length / perEpoch],
        y: [testLoss],
        width: 2,
        dots: true,
      },
    ],
    { title: `${model}: loss while training`, x: 'epoch', y: 'cross-entropy' },
  )
}

export type RunResult = {
  readonly report: TrainingReport
  readonly history: History
  readonly plan: EpochPlan
  readonly testDigits: ImageSet
  readonly judged: Judged
}

/** Writes the plot, the misread digits and the report into `folder`, and the report to `reportPath` too. */
export const writeRunFiles = (
  folder: string,
  reportPath: string | undefined,
  { report, history, plan, testDigits, judged }: RunResult,
): TE.TaskEither<IoError, void> =>
  pipe(
    atomicWrite(join(folder, runFiles.lossPlot), plotHistory(report.model, history, plan, judged.loss)),
    TE.chain(() => atomicWrite(join(folder, runFiles.misread), mistakePicture(testDigits, judged.predicted))),
    TE.chain(() => atomicWrite(join(folder, runFiles.report), printReport(report))),
    TE.chain(() =>
      reportPath === undefined ? TE.right(undefined) : atomicWrite(reportPath, printReport(report)),
    ),
  )
