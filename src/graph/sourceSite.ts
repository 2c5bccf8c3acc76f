/** The line of user code that asked for an equation; the stack is formatted only when read. */
export type SourceSite = { readonly error: Error }

/**
 * The paths that the library's own frames have in stack traces, if its modules are `here`: `src` of a checkout; the bundle of a package, and
 * its paths by source maps; the files of a page, which may lie beside those of the user.
 */
export const libraryPaths = (here: string): readonly string[] => {
  const own = here.replace('file://', '')
  const checkout = own.lastIndexOf('/src/graph/')
  const bundle = own.lastIndexOf('/dist/')
  const paths =
    checkout >= 0
      ? [`${own.slice(0, checkout)}/src/`]
      : bundle >= 0
        ? [own.slice(0, bundle + 6), `${own.slice(0, bundle)}/src/`]
        : [own.replace(/grad-ts\.[\w.-]+$/, 'grad-ts.')]
  // bundled with a program, by its source map
  return [...paths, ...paths.map(decodeURI), '/node_modules/grad-ts/']
}

const elsewhere = [...libraryPaths(import.meta.url), 'node:internal', '<anonymous>']

let ambient: SourceSite | undefined

export const captureSite = (): SourceSite => ambient ?? { error: new Error('site') }

/** The site of something that may be deep inside the library, such as a trace: more of its stack is kept than of an equation's. */
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
  const user = frames.find((f) => !elsewhere.some((path) => f.includes(path)))
  return user === undefined
    ? 'unknown'
    : user
        .trim()
        .replace(/^at (.*\()?/, '')
        .replace(/\)$/, '')
        .replace('file://', '')
}
