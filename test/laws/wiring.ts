import { initialize } from '../../src/core.js'

initialize()

/** The backends that every law is checked on. */
export const lawBackends: readonly string[] = ['reference']
