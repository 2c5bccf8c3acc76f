/** Bytes were read, and aren't what they should be. */
export type IoFormatError = {
  readonly _tag: 'IoFormatError'
  readonly path: string
  readonly required: string
  readonly got: string
  readonly message: string
}

/** `path: requirement was required, got values. Fix.` */
export const ioFormatError = (path: string, required: string, got: string, fix: string): IoFormatError => ({
  _tag: 'IoFormatError',
  path,
  required,
  got,
  message: `${path}: ${required} was required, got ${got}. ${fix}`,
})
