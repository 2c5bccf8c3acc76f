import type { Law } from '../law.js'
import { requireSecondOrder, reverseInside, secondDerivatives } from '../secondDerivatives.js'
import { formatTrial, pointOf, reverseException, smoothTrials, type Trial } from '../trials.js'

export const secondOrder: Law<Trial> = {
  name: 'secondOrder',
  statement:
    'second derivatives by all four orders of forward and reverse agree, and are what differences give',
  exception: reverseException,
  trials: smoothTrials,
  format: formatTrial,
  check: (row, { at, salt }) => {
    const tolerance = typeof row.smooth === 'string' ? 0 : (row.smooth.tolerance ?? 1e-7)
    const second = secondDerivatives(pointOf(row, at), salt)
    return requireSecondOrder(second, tolerance, row.only === 'reverse' ? reverseInside : undefined)
  },
}
