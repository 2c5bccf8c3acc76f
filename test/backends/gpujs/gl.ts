import { describeOn } from './describeOn.js'

export const headless = 'gpujs:headlessgl'

/** Tests on headless GL. */
export const describeOnGl = await describeOn(headless, 'GRAD_TS_REQUIRE_GL')
