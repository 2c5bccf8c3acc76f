import { callP } from './call.js'
import { debugCallbackP, pureCallbackP } from './callback.js'
import { checkpointNameP } from './checkpointName.js'
import { condP } from './cond.js'
import { customJvpP } from './customJvp.js'
import { customVjpLinearP, customVjpP } from './customVjp.js'
import { linearSolveP } from './linearSolve.js'
import { rematP } from './remat.js'
import { scanP } from './scan.js'
import { stopGradientP } from './stopGradient.js'
import { whileP } from './while.js'

export const controlPrimitives = [
  callP,
  debugCallbackP,
  pureCallbackP,
  checkpointNameP,
  condP,
  customJvpP,
  customVjpLinearP,
  customVjpP,
  linearSolveP,
  rematP,
  scanP,
  stopGradientP,
  whileP,
] as const
