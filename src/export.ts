import { initialize } from './core.js'

/** `grad-ts/export`: programs and graphs as bytes, and back. */
initialize()

export type { Exported } from './export/exported.js'
export { exportProgram } from './export/exportProgram.js'
export { importProgram } from './export/importProgram.js'
export { graphCodec } from './export/serialize.js'
