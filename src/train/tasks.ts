/** The functions of runs as fp-ts's tasks, whose errors are values, for those who compose them. */

export { bestEpoch } from './callbacks/earlyStopping.js'
export { logFiles, logTest } from './callbacks/metricLogs.js'
export { judgeAll } from './evaluate.js'
export { diverged } from './failure.js'
export { fit, fitInFolder } from './fit.js'
export { epochMeans, stepsPerEpoch } from './history.js'
export { checkpointFolder, checkpointName, loadPosition, savedRun } from './positionFile.js'
export {
  datedFolder,
  type Ended,
  type FolderOccupied,
  inRunFolder,
  type MadeFolder,
  madeFolder,
} from './runFolder.js'
