import { initialize } from './core.js'

initialize()

export * as data from './data/index.js'
export type { IoFormatError } from './formats/formatError.js'
export type { IoError, IoSystemError } from './io/ioError.js'
export { loadProgram, saveProgram } from './io/programFile.js'
export { loadWeights, saveWeights } from './io/weightsFile.js'
