import { initialize } from './core.js'

initialize()

export type { IoError, IoFormatError, IoSystemError } from './formats/ioError.js'
export { loadProgram, loadWeights, saveProgram, saveWeights } from './io/promises.js'
export * as tasks from './io/tasks.js'
