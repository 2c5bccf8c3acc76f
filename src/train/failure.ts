/** A failure that the outside world causes: one line of text, and a tag to tell it by. */
export type Failure = { readonly _tag: string; readonly message: string }

/** Training gave numbers that are not finite: nothing of them is kept. `lastCheckpoint`: the folder of the one from before, if any. */
export const diverged = (
  where: string,
  required: string,
  got: string,
  lastCheckpoint: string | null,
): Failure => ({
  _tag: 'Diverged',
  message:
    `${where}: ${required} required, got ${got}. Start again with a smaller learning rate` +
    (lastCheckpoint === null ? '.' : `; ${lastCheckpoint} is from before.`),
})
