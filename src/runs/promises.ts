import { promised } from '../graph/promised.js'
import type { SavedRun } from './positionFile.js'
import * as position from './positionFile.js'

/**
 * What the run in a folder says of itself: its task, how far it went, and the config that was kept with it.
 * @throws (rejects with) an IoError where there is no run, or its checkpoint is damaged
 */
export const savedRun = (runFolder: string): Promise<SavedRun> => promised(() => position.savedRun(runFolder))
