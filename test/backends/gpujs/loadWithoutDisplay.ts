import { loadBackend } from '../../../src/index.js'

/** Prints how headless GL fails to start. */
loadBackend('gpujs:headlessgl').then(
  () => console.log('started'),
  (error: unknown) => console.log(String(error)),
)
