import '../../src/index.js'

/** The backends that every law is checked on. */
export const lawBackends: readonly string[] = ['reference']
