import { choleskyP } from './cholesky.js'
import { dotGeneralP } from './dotGeneral.js'
import { luP } from './lu.js'
import { triangularSolveP } from './triangularSolve.js'

export const matricesPrimitives = [choleskyP, dotGeneralP, luP, triangularSolveP] as const
