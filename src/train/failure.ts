/** What the outside world can do to a training: one line of text, and a tag to tell it by. */
export type Failure = { readonly _tag: string; readonly message: string }

/** Training made numbers that are none: nothing of them is kept. */
export const diverged = (where: string, required: string, got: string, lastCheckpoint: string): Failure => ({
  _tag: 'Diverged',
  message: `${where}: ${required} required, got ${got}. Start again with a smaller --lr; ${lastCheckpoint} is from before.`,
})
