import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { codecs, type IoError, tasks as io } from 'grad-ts/io'
import type { Failure } from 'grad-ts/train'
import * as t from 'io-ts'
import { decodeFlags, PositiveInteger } from '../../cli/flags.js'
import { requireReportPlace } from '../../cli/reportFile.js'
import type { Judged } from '../models/evaluate.js'
import { type Evaluation, evaluationOf, judgedText, printEvaluation } from '../run/evaluationReport.js'
import { type LoadedModel, loadModel } from './loadedModel.js'
import { models } from './models.js'
import type { TestData } from './ownData.js'
import { openSavedRun, type SavedRun, showRun } from './savedRun.js'
import { testData } from './testData.js'

/** The flags of `grad-ts eval`. */
const EvalFlags = codecs.closedPartial(
  {
    data: t.string,
    testLimit: PositiveInteger,
    invert: t.boolean,
    backend: t.string,
    report: t.string,
  },
  'EvalFlags',
)

const interrupted = 130

const rocAucLine = ({ rocAuc, classes }: Evaluation): string => {
  const missing = classes.filter(({ support }) => support === 0).map(({ name }) => name)
  const why = missing.length === 0 ? '' : `: no test image is of class ${missing.join(', ')}`
  return `ROC AUC  ${Number.isNaN(rocAuc) ? `not defined${why}` : rocAuc.toFixed(4)} (one class against the rest, mean over classes)`
}

const tell = (
  run: SavedRun,
  model: LoadedModel,
  { set, source }: TestData,
  judged: Judged,
  reportPath: string | undefined,
  print: (line: string) => void,
): TE.TaskEither<IoError, void> => {
  const evaluation = evaluationOf(set, judged)
  print(judgedText(set, judged))
  print(rocAucLine(evaluation))
  if (reportPath === undefined) return TE.right(undefined)
  return io.atomicWrite(
    reportPath,
    printEvaluation({
      version: 1,
      model: run.model,
      run: run.folder,
      finished: run.isFinished,
      step: run.step,
      weights: model.weights,
      data: source,
      backend: model.backend,
      ...evaluation,
    }),
  )
}

/** `grad-ts eval RUN`: the exit code (130 after an interruption), or what went wrong. */
export const runEval = (
  folder: string,
  raw: object,
  signal: AbortSignal,
  print: (line: string) => void,
): TE.TaskEither<Failure, number> =>
  pipe(
    TE.fromEither(decodeFlags(EvalFlags)(raw)),
    TE.chainFirst((flags) => requireReportPlace(flags.report)),
    TE.bindTo('flags'),
    TE.bindW('run', () => openSavedRun(folder)),
    TE.bindW('model', ({ run, flags }) => loadModel(run, flags.backend)),
    TE.bindW('data', ({ run, flags }) =>
      testData(run.trained, {
        own: models[run.model].own,
        runFolder: run.config.data,
        folder: flags.data,
        limit: flags.testLimit,
        runLimit: run.config.testLimit,
        invert: flags.invert,
      }),
    ),
    TE.chainW(({ flags, run, model, data }) => {
      print(showRun(run))
      print(`weights ${model.weights}, backend ${model.backend}`)
      print(`${data.set.count.toLocaleString('en-US')} test images: ${data.source}`)
      return pipe(
        TE.fromTask(() => model.judge(data.set, signal)),
        TE.chain(
          O.match(
            () => TE.right<Failure, number>(interrupted),
            (judged) =>
              pipe(
                tell(run, model, data, judged, flags.report, print),
                TE.map(() => 0),
              ),
          ),
        ),
      )
    }),
  )
