import type { Failure } from 'grad-ts/train'

/** A failure that ends a command early; the tag `Usage` is about what was typed. */
export type { Failure } from 'grad-ts/train'

/** How a command ends, for its caller. */
export const exitCodes = {
  done: 0,
  /** A file, a disk or a device failed. */
  failed: 1,
  /** The request can't be met. */
  refused: 2,
  /** By SIGINT, as shells number it. */
  interrupted: 130,
} as const

/** The exit code of a failure. */
export const exitCodeOf = ({ _tag }: Failure): number =>
  _tag === 'Usage' ? exitCodes.refused : exitCodes.failed
