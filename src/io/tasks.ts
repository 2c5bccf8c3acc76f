/** The functions of files as fp-ts's tasks, whose errors are values, for those who compose them. */
export { loadProgram, saveProgram } from './programFile.js'
export { loadWeights, saveWeights } from './weightsFile.js'
