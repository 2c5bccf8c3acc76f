import { broadcastInDimP } from './broadcast.js'
import { concatenateP } from './concatenate.js'
import { iotaP } from './iota.js'
import { padP } from './pad.js'
import { reshapeP } from './reshape.js'
import { revP } from './rev.js'
import { sliceP } from './slice.js'
import { transposeP } from './transpose.js'

export const movementPrimitives = [
  broadcastInDimP,
  concatenateP,
  iotaP,
  padP,
  reshapeP,
  revP,
  sliceP,
  transposeP,
] as const
