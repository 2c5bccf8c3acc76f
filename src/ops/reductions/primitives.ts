import { argmaxP, argminP } from './argExtremum.js'
import { cummaxP, cumminP, cumprodP, cumsumP } from './cumulative.js'
import { reduceMaxP, reduceMinP } from './reduceExtremum.js'
import { reduceAndP, reduceOrP } from './reduceLogical.js'
import { reduceProdP } from './reduceProd.js'
import { reduceSumP } from './reduceSum.js'

export const reductionsPrimitives = [
  argmaxP,
  argminP,
  cummaxP,
  cumminP,
  cumprodP,
  cumsumP,
  reduceMaxP,
  reduceMinP,
  reduceAndP,
  reduceOrP,
  reduceProdP,
  reduceSumP,
] as const
