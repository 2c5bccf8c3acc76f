import type { IoFormatError } from '../formats/formatError.js'

/** The system refused to read or write a file or folder. */
export type IoSystemError = {
  readonly _tag: 'IoSystemError'
  readonly path: string
  readonly operation: string
  readonly message: string
}

/** What can go wrong with files. `message` is one line that says what to do. */
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
