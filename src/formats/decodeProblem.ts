import type { Errors } from 'io-ts'

/** The first value that a codec refused: its path, the requirement, and the value. */
export type DecodeProblem = { readonly path: string; readonly required: string; readonly got: string }

const shown = (value: unknown): string => {
  const text = value === undefined ? 'nothing' : (JSON.stringify(value) ?? String(value))
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

/**
 * The first of a codec's errors; `path` joins the keys with dots and is empty for the whole value.
 * @example
 * ```ts
 * import { codecs } from 'grad-ts/io'
 * import * as t from 'io-ts'
 *
 * const decoded = codecs.closed({ epochs: t.number }, 'Config').decode({ epochs: 'three' })
 * const problem = decoded._tag === 'Left' ? codecs.firstProblem(decoded.left) : null
 * problem // => { path: 'epochs', required: 'number', got: '"three"' }
 * ```
 */
export const firstProblem = (errors: Errors): DecodeProblem => {
  const [error] = errors
  const last = error.context.at(-1)
  return {
    path: error.context
      .map((entry) => entry.key)
      .filter((key) => key !== '')
      .join('.'),
    required: error.message ?? last?.type.name ?? 'another value',
    got: shown(error.value),
  }
}

/** `path: requirement`, or the requirement alone for the whole value. */
export const problemRequirement = ({ path, required }: DecodeProblem): string =>
  path === '' ? required : `${path}: ${required}`
