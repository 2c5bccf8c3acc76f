import { type Curve, linePlot, movingAverage } from './linePlot.js'

/** Means of an epoch over its examples; `null` where it was not validated, or not tested. */
type EpochPoint = {
  /** Counted from 1. */
  readonly epoch: number
  readonly trainLoss: number
  readonly trainAccuracy: number
  readonly validationLoss: number | null
  readonly validationAccuracy: number | null
  readonly testLoss: number | null
  readonly testAccuracy: number | null
}

/** The figures of a run: at each step the batch's mean loss and its share of right predictions, and each epoch's means. */
export type RunCurves = {
  readonly model: string
  readonly stepsPerEpoch: number
  readonly stepLoss: ArrayLike<number>
  readonly stepAccuracy: ArrayLike<number>
  readonly epochs: readonly EpochPoint[]
}

const colors = { raw: '#92b0da', steps: '#2563a8', train: '#e08a1e', validation: '#2e9e5b', test: '#c81e2d' }

type Measure = {
  readonly steps: ArrayLike<number>
  readonly train: (epoch: EpochPoint) => number
  readonly validation: (epoch: EpochPoint) => number | null
  readonly test: (epoch: EpochPoint) => number | null
}

/** The single steps, their moving average over a twentieth of an epoch, and the epochs' means. */
const curvesOf = (
  { stepsPerEpoch, epochs }: RunCurves,
  { steps, train, validation, test }: Measure,
): readonly Curve[] => {
  const window = Math.max(1, Math.round(stepsPerEpoch / 20))
  const x = Float64Array.from({ length: steps.length }, (_, i) => (i + 1) / stepsPerEpoch)
  const judged = (name: string, color: string, figure: Measure['test']): readonly Curve[] => {
    const points = epochs.flatMap((epoch) => {
      const y = figure(epoch)
      return y === null ? [] : [{ x: epoch.epoch, y }]
    })
    const [x, y] = [points.map((p) => p.x), points.map((p) => p.y)]
    return points.length === 0 ? [] : [{ name, color, x, y, ...dots }]
  }
  const line = { width: 2, dots: false }
  const dots = { width: 1.5, dots: true }
  return [
    { name: 'training, each step', color: colors.raw, x, y: steps, width: 1, dots: false },
    { name: `mean of ${window} steps`, color: colors.steps, x, y: movingAverage(steps, window), ...line },
    {
      name: 'training, mean of each epoch',
      color: colors.train,
      // a mean over an epoch stands for its middle: at its end it would look worse than the steps beside it
      x: epochs.map(({ epoch }) => epoch - 0.5),
      y: epochs.map(train),
      ...dots,
    },
    ...judged('validation', colors.validation, validation),
    ...judged('test', colors.test, test),
  ]
}

/** Loss while training, as a standalone SVG file. */
export const lossCurves = (run: RunCurves): string =>
  linePlot(
    curvesOf(run, {
      steps: run.stepLoss,
      train: (e) => e.trainLoss,
      validation: (e) => e.validationLoss,
      test: (e) => e.testLoss,
    }),
    { title: `${run.model}: loss`, x: 'epoch', y: 'cross-entropy' },
  )

/** Accuracy while training, as a standalone SVG file; the axis goes from 0 to 1, so that heights compare. */
export const accuracyCurves = (run: RunCurves): string => {
  const curves = curvesOf(run, {
    steps: run.stepAccuracy,
    train: (e) => e.trainAccuracy,
    validation: (e) => e.validationAccuracy,
    test: (e) => e.testAccuracy,
  })
  return linePlot(curves, {
    title: `${run.model}: accuracy`,
    x: 'epoch',
    y: 'share of right predictions',
    range: [0, 1],
  })
}

/** The learning rate of each step, as a standalone SVG file. */
export const rateCurve = (
  { model, stepsPerEpoch }: Pick<RunCurves, 'model' | 'stepsPerEpoch'>,
  rates: Float64Array,
): string => {
  const x = Float64Array.from(rates, (_, i) => i / stepsPerEpoch)
  const curve = { name: 'learning rate', color: colors.steps, x, y: rates, width: 2, dots: false }
  return linePlot([curve], { title: `${model}: learning rate`, x: 'epoch', y: 'learning rate' })
}
