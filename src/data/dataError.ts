/** A data file is missing, or the system refuses to read it. */
type DataUnreadable = {
  readonly _tag: 'DataUnreadable'
  readonly file: string
  readonly message: string
}

/** A data file was read, and isn't what it should be. */
type DataMalformed = {
  readonly _tag: 'DataMalformed'
  readonly file: string
  readonly required: string
  readonly got: string
  readonly message: string
}

/** What can be wrong with files of data. `message` is one line that says what to do. */
export type DataError = DataUnreadable | DataMalformed

/** `file: cannot be read (reason). Fix.` */
export const dataUnreadable = (file: string, reason: string, fix: string): DataError => ({
  _tag: 'DataUnreadable',
  file,
  message: `${file}: cannot be read (${reason}). ${fix}`,
})

/** `file: requirement was required, got values. Fix.` */
export const dataMalformed = (file: string, required: string, got: string, fix: string): DataError => ({
  _tag: 'DataMalformed',
  file,
  required,
  got,
  message: `${file}: ${required} was required, got ${got}. ${fix}`,
})
