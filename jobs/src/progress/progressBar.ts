import * as O from 'fp-ts/lib/Option.js'
import { goOn, type TrainCallback } from '../../../src/train/callback.js'
import type { EpochPlan } from '../../../src/train/history.js'
import { openProgress, type Progress, type ProgressStream, showFigures } from './progress.js'

export type ProgressBarOptions = {
  readonly epochs: number
  readonly plan: EpochPlan
  readonly stream: ProgressStream
  readonly print: (line: string) => void
  readonly now: () => number
}

/** A live bar for each epoch, and a line of figures after it. */
export const progressBar = <S, F>({
  epochs,
  plan,
  stream,
  print,
  now,
}: ProgressBarOptions): TrainCallback<S, F> => {
  let bar: O.Option<Progress> = O.none
  const close = async () => {
    if (O.isSome(bar)) bar.value.finish()
    bar = O.none
    return goOn
  }
  const name = (epoch: number): string => `epoch ${epoch + 1}/${epochs}`
  return {
    onEpochStart: async ({ epoch, doneSteps, stepsPerEpoch }) => {
      const doneExamples = Math.min(doneSteps * plan.batchSize, plan.examples)
      bar = O.some(
        openProgress({ stream, label: name(epoch), totalSteps: stepsPerEpoch, doneSteps, doneExamples, now }),
      )
      return goOn
    },
    onStep: async ({ doneSteps, figures }) => {
      if (O.isSome(bar)) bar.value.update(doneSteps, figures)
      return goOn
    },
    onEpochEnd: async ({ epoch, figures, validation, seconds }) => {
      await close()
      const judged = O.isSome(validation) ? `  validation ${showFigures(validation.value)}` : ''
      print(`${name(epoch)}  ${showFigures(figures)}${judged}  ${seconds.toFixed(1)} s`)
      return goOn
    },
    onInterrupt: close,
    onEnd: close,
  }
}
