import { initialize } from './core.js'

initialize()

export {
  type IoError,
  type IoFormatError,
  type IoSystemError,
  ioFormatError,
  ioSystemError,
} from './formats/ioError.js'
export * as codecs from './io/codecs.js'
export { loadProgram, loadWeights, saveProgram, saveWeights } from './io/promises.js'
export * as tasks from './io/tasks.js'
