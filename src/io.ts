import { initialize } from './core.js'

initialize()

export * as data from './data/index.js'
export type { IoError, IoFormatError, IoSystemError } from './formats/ioError.js'
export { loadProgram, loadWeights, saveProgram, saveWeights } from './io/promises.js'
export * as tasks from './io/tasks.js'
