import { type Curve, linePlot, movingAverage } from './linePlot.js'

/** Means of an epoch over its examples; `null` where it was not tested. */
export type EpochPoint = {
  /** Counted from 1. */
  readonly epoch: number
  readonly trainLoss: number
  readonly trainAccuracy: number
  readonly testLoss: number | null
  readonly testAccuracy: number | null
}

/** What a run has given: at each step the batch's mean loss and its share of right predictions, and each epoch's means. */
export type RunCurves = {
  readonly model: string
  readonly stepsPerEpoch: number
  readonly stepLoss: ArrayLike<number>
  readonly stepAccuracy: ArrayLike<number>
  readonly epochs: readonly EpochPoint[]
}

const colors = { raw: '#b8cbe6', steps: '#2563a8', train: '#e08a1e', test: '#c81e2d' }

type Measure = {
  readonly steps: ArrayLike<number>
  readonly train: (epoch: EpochPoint) => number
  readonly test: (epoch: EpochPoint) => number | null
}

/** The single steps, their moving average over a twentieth of an epoch, and the epochs' means. */
const curvesOf = (
  { stepsPerEpoch, epochs }: RunCurves,
  { steps, train, test }: Measure,
): readonly Curve[] => {
  const window = Math.max(1, Math.round(stepsPerEpoch / 20))
  const x = Float64Array.from({ length: steps.length }, (_, i) => (i + 1) / stepsPerEpoch)
  const tested = epochs.flatMap((epoch) => {
    const y = test(epoch)
    return y === null ? [] : [{ x: epoch.epoch, y }]
  })
  const line = { width: 2, dots: false }
  const dots = { width: 1.5, dots: true }
  return [
    { name: 'training, each step', color: colors.raw, x, y: steps, width: 1, dots: false },
    { name: `mean of ${window} steps`, color: colors.steps, x, y: movingAverage(steps, window), ...line },
    {
      name: 'training, each epoch',
      color: colors.train,
      x: epochs.map(({ epoch }) => epoch),
      y: epochs.map(train),
      ...dots,
    },
    { name: 'test', color: colors.test, x: tested.map((p) => p.x), y: tested.map((p) => p.y), ...dots },
  ]
}

/** Loss while training, as a standalone SVG file. */
export const lossCurves = (run: RunCurves): string =>
  linePlot(curvesOf(run, { steps: run.stepLoss, train: (e) => e.trainLoss, test: (e) => e.testLoss }), {
    title: `${run.model}: loss`,
    x: 'epoch',
    y: 'cross-entropy',
  })

/**
 * Where the axis of accuracies begins: a little below all epochs, and below what steps averaged after the first half of the
 * first epoch (of what there is of it), so that the beginning does not squeeze the rest.
 */
const lowestShown = (curves: readonly Curve[]): number => {
  const [, smooth, train, test] = curves
  const begun = Math.min(1, smooth.x[smooth.x.length - 1] ?? 1) / 2
  const late = Array.from(smooth.y).filter((_, i) => smooth.x[i] >= begun)
  const least = [...late, ...Array.from(train.y), ...Array.from(test.y)].reduce((a, b) => (b < a ? b : a), 1)
  return Math.max(0, Math.min(0.95, Math.floor(20 * least - 0.2) / 20))
}

/** Accuracy while training, as a standalone SVG file; the axis ends at 1. */
export const accuracyCurves = (run: RunCurves): string => {
  const curves = curvesOf(run, {
    steps: run.stepAccuracy,
    train: (e) => e.trainAccuracy,
    test: (e) => e.testAccuracy,
  })
  return linePlot(curves, {
    title: `${run.model}: accuracy`,
    x: 'epoch',
    y: 'share of right predictions',
    range: [lowestShown(curves), 1],
  })
}
