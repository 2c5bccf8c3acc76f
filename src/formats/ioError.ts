/** The system refused to read or write a file or folder. */
export type IoSystemError = {
  readonly _tag: 'IoSystemError'
  readonly path: string
  readonly operation: string
  readonly message: string
}

/** Bytes were read, but are not the ones that they should be. */
export type IoFormatError = {
  readonly _tag: 'IoFormatError'
  readonly path: string
  readonly required: string
  readonly got: string
  readonly message: string
}

/** The errors of files. `message` is one line that says what to do. */
export type IoError = IoSystemError | IoFormatError

/** `path: cannot operation (reason). Fix.` */
export const ioSystemError = (
  path: string,
  operation: string,
  reason: unknown,
  fix: string,
): IoSystemError => ({
  _tag: 'IoSystemError',
  path,
  operation,
  message: `${path}: cannot ${operation} (${reason instanceof Error ? reason.message : String(reason)}). ${fix}`,
})

/** `path: requirement was required, got values. Fix.` */
export const ioFormatError = (path: string, required: string, got: string, fix: string): IoFormatError => ({
  _tag: 'IoFormatError',
  path,
  required,
  got,
  message: `${path}: ${required} was required, got ${got}. ${fix}`,
})
