import { initialize } from './core.js'

/** `grad-ts/runs`: runs of training that are kept in folders. */
initialize()

export { type FolderOptions, inFolder, inOwnFolder } from './runs/inFolder.js'
export { type SavedRun, savedRun } from './runs/positionFile.js'
export * as tasks from './runs/tasks.js'
