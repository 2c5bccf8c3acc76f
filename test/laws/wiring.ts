import { loadBackend } from '../../src/index.js'

/** The backends that every law is checked on. */
export const lawBackends: readonly string[] = ['reference']

await Promise.all(lawBackends.map((name) => loadBackend(name)))
