import { reference } from '../src/backends/reference/index.js'
import { registerBackend } from '../src/compiler/backends.js'

/**
 * What everything else is checked against is loaded in every test, as by `loadBackend('reference')`, but without the rest of the
 * core: many tests need none of it.
 */
registerBackend('reference', reference)
