import type { Failure } from './failure.js'

/** Training made numbers that are none: nothing of them is kept. */
export const diverged = (where: string, required: string, got: string, lastCheckpoint: string): Failure => ({
  _tag: 'Diverged',
  message: `${where}: ${required} required, got ${got}. Start again with a smaller --lr; ${lastCheckpoint} is from before.`,
})
