/** The line of user code that asked for an equation; the stack is formatted only when read. */
export type SourceSite = { readonly error: Error }

/** The folder (or, when bundled, the file) that holds the library, as it appears in stack traces. */
const ownLocation = ((): string => {
  const here = import.meta.url
  const folder = here.lastIndexOf('/src/graph/')
  return (folder >= 0 ? `${here.slice(0, folder)}/src/` : here).replace('file://', '')
})()

let ambient: SourceSite | undefined

export const captureSite = (): SourceSite => ambient ?? { error: new Error('site') }

/** The site of what may be deep inside the library, as a trace is: its stack is kept further than an equation's. */
export const captureTraceSite = (): SourceSite => {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 60
  try {
    return { error: new Error('trace') }
  } finally {
    Error.stackTraceLimit = limit
  }
}

/** Attribute everything recorded by `run` to `site` (a transform working on someone's equation). */
export const withSite = <T>(site: SourceSite | undefined, run: () => T): T => {
  const saved = ambient
  ambient = site ?? saved
  try {
    return run()
  } finally {
    ambient = saved
  }
}

/** `file:line:column` of the first frame outside the library, or `unknown`. */
export const formatSite = (site: SourceSite | undefined): string => {
  const frames = (site?.error.stack ?? '').split('\n').slice(1)
  const elsewhere = [ownLocation, 'node:internal', '<anonymous>']
  const user = frames.find((f) => !elsewhere.some((place) => f.includes(place)))
  return user === undefined
    ? 'unknown'
    : user
        .trim()
        .replace(/^at (.*\()?/, '')
        .replace(/\)$/, '')
        .replace('file://', '')
}
