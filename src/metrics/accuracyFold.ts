import { type Classified, requireEqualLengths } from './classified.js'
import type { Fold } from './fold.js'

export type HitCount = { readonly correct: number; readonly examples: number }

/** correct / all; NaN where there are no examples. Classes are compared as numbers, of any range. */
export const accuracyFold: Fold<Classified, HitCount, number> = {
  empty: { correct: 0, examples: 0 },
  add: ({ correct, examples }, { truth, predicted }) => {
    requireEqualLengths('accuracyFold', truth, predicted, 'predictions')
    let hits = 0
    for (let i = 0; i < truth.length; i++) if (truth[i] === predicted[i]) hits++
    return { correct: correct + hits, examples: examples + truth.length }
  },
  merge: (a, b) => ({ correct: a.correct + b.correct, examples: a.examples + b.examples }),
  result: ({ correct, examples }) => correct / examples,
}
