import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { codecs } from 'grad-ts/io'
import * as t from 'io-ts'
import { AnyNumber, withDefault } from './fieldCodecs.js'

const Natural = t.refinement(t.Integer, (n) => n >= 0, 'an integer, not negative')

const Judgement = t.union([AnyNumber, t.null], 'a number or null')

const EpochLine = codecs.closed(
  {
    epoch: Natural,
    trainLoss: AnyNumber,
    trainAccuracy: AnyNumber,
    validationLoss: Judgement,
    validationAccuracy: Judgement,
  },
  'EpochLine',
)

/** Figures that depend on the machine and the moment: two runs of one seed agree in everything but these. */
const Timings = codecs.closed(
  { secondsPerEpoch: AnyNumber, examplesPerSecond: AnyNumber, totalSeconds: AnyNumber },
  'Timings',
)

/**
 * The figures of a training, as `--report` writes them. Losses are means over examples, accuracies fractions of 1;
 * `parameters` is a count; `data` says in words where the images are from. `history` has a line an epoch, numbered from 1, with
 * `null` where there was no validation; `bestEpoch` is the one that was tested, if there was. `timings` are of this process alone:
 * of the part after a resume.
 */
export const TrainingReport = codecs.closed(
  {
    version: t.literal(1),
    model: t.string,
    testAccuracy: AnyNumber,
    testLoss: AnyNumber,
    epochs: Natural,
    batchSize: Natural,
    lr: AnyNumber,
    seed: Natural,
    backend: t.string,
    data: withDefault(t.string, 'not recorded'),
    parameters: Natural,
    trainExamples: Natural,
    testExamples: Natural,
    bestEpoch: t.union([Natural, t.null], 'an integer or null'),
    history: t.array(EpochLine),
    timings: Timings,
  },
  'TrainingReport',
)
export type TrainingReport = t.TypeOf<typeof TrainingReport>

/** The JSON text of a report. */
export const printReport = (report: TrainingReport): string =>
  `${JSON.stringify(TrainingReport.encode(report), null, 2)}\n`

/** Reads the JSON text of a report; `parseReport(printReport(r))` is `right(r)`. */
export const parseReport = (text: string): t.Validation<TrainingReport> =>
  pipe(
    E.tryCatch(
      (): unknown => JSON.parse(text),
      (): t.Errors => [{ value: text, context: t.getDefaultContext(TrainingReport), message: 'JSON' }],
    ),
    E.chain(TrainingReport.decode),
  )
