/** What ends a command early: one line of text, and a tag to tell it by. `Usage` is about what was typed. */
export type Failure = { readonly _tag: string; readonly message: string }

/** How a command ends, for its caller. */
export const exitCodes = {
  done: 0,
  /** A file, a disk or a device failed. */
  failed: 1,
  /** What was asked can't be done. */
  refused: 2,
  /** By SIGINT, as shells number it. */
  interrupted: 130,
} as const

/** The exit code of a failure. */
export const exitCodeOf = ({ _tag }: Failure): number =>
  _tag === 'Usage' ? exitCodes.refused : exitCodes.failed
