import { describe } from 'vitest'
import { loadBackend } from '../../../src/index.js'

/** Describes tests on a backend; skipped, and saying what to install, where there is none. @throws where `required` is set to 1 */
export const describeOn = async (
  backend: string,
  required: string,
): Promise<(name: string, tests: () => void) => void> => {
  try {
    await loadBackend(backend)
    return describe
  } catch (error) {
    if (process.env[required] === '1') throw error
    const why = error instanceof Error ? error.message : String(error)
    return (name, tests) => describe.skip(`${name} (${why})`, tests)
  }
}
