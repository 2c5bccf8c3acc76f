import { describe } from 'vitest'
import { loadBackend } from '../../../src/index.js'

export const headless = 'gpujs:headlessgl'

/** Why there is no headless GL here, or `null`. @throws where GL is required and missing */
const whyMissing = async (): Promise<string | null> => {
  try {
    await loadBackend(headless)
    return null
  } catch (error) {
    if (process.env['GRAD_TS_REQUIRE_GL'] === '1') throw error
    return error instanceof Error ? error.message : String(error)
  }
}

const missing = await whyMissing()

/** Tests on headless GL; skipped, and saying what to install, where there is none. */
export const describeOnGl = (name: string, tests: () => void): void => {
  if (missing === null) describe(name, tests)
  else describe.skip(`${name} (${missing})`, tests)
}
