import { allGatherP, axisIndexP } from './namedAxis.js'

export const collectivesPrimitives = [allGatherP, axisIndexP] as const
