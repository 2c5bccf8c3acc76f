import * as O from 'fp-ts/lib/Option.js'
import type { Figures, TrainCallback } from 'grad-ts/train'
import { openProgress, type Progress, type ProgressStream, showFigures } from './progress.js'

export type ProgressBarOptions = {
  readonly stream: ProgressStream
  readonly print: (line: string) => void
  readonly now: () => number
}

/** A live bar for each epoch, and a line of figures after it. */
export const progressBar = <S, F extends Figures>({
  stream,
  print,
  now,
}: ProgressBarOptions): TrainCallback<S, F> => {
  let bar: O.Option<Progress> = O.none
  const close = (): void => {
    if (O.isSome(bar)) bar.value.finish()
    bar = O.none
  }
  const label = (epoch: number, epochs: number): string => `epoch ${epoch + 1}/${epochs}`
  return {
    onEpochStart: ({ epoch, epochs, doneSteps, stepsPerEpoch, doneExamples }) => {
      bar = O.some(
        openProgress({
          stream,
          label: label(epoch, epochs),
          totalSteps: stepsPerEpoch,
          doneSteps,
          doneExamples,
          now,
        }),
      )
    },
    onStep: ({ doneSteps, doneExamples, means }) => {
      if (O.isSome(bar)) bar.value.update(doneSteps, doneExamples, means)
    },
    onEpochEnd: ({ epoch, epochs, means, validation, seconds }) => {
      close()
      const judged = validation === null ? '' : `  validation ${showFigures(validation)}`
      print(`${label(epoch, epochs)}  ${showFigures(means)}${judged}  ${seconds.toFixed(1)} s`)
    },
    onInterrupt: close,
    onEnd: close,
  }
}
