/** The functions of runs as fp-ts's tasks, whose errors are values, for those who compose them. */
export { fitTask as fit } from '../train/fit.js'
export type { Ended } from '../train/run.js'
export { logFiles, logTest } from './metricLogs.js'
export {
  checkpointFolder,
  checkpointName,
  loadPosition,
  manifestPath,
  savedRunTask as savedRun,
} from './positionFile.js'
export { datedFolder, type FolderOccupied, inRunFolder, type MadeFolder, madeFolder } from './runFolder.js'
