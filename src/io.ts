import { initialize } from './core.js'

initialize()

export * as data from './data/index.js'
export type { IoFormatError } from './formats/formatError.js'
export type { IoError, IoSystemError } from './io/ioError.js'
export { loadProgram, loadWeights, saveProgram, saveWeights } from './io/promises.js'
export * as tasks from './io/tasks.js'
