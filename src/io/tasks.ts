/** The functions of files as fp-ts tasks, whose errors are values, for programs that compose them. */
export { promised } from '../graph/promised.js'
export { atomicWrite } from './atomicWrite.js'
export { type FolderInUse, type FolderLock, lockFolder } from './folderLock.js'
export { loadProgram, saveProgram } from './programFile.js'
export { loadWeights, saveWeights } from './weightsFile.js'
