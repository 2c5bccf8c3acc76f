import { GradError } from '../ir/errors.js'

/** Some of a function's arguments: one by its position, or several; negative positions count from the end. */
export type Argnums = number | readonly number[]

/** Positions from the front. @throws GradError on positions that are not there, or given twice */
export const positions = (name: string, argnums: Argnums, count: number): readonly number[] => {
  const given = typeof argnums === 'number' ? [argnums] : argnums
  const chosen = given.map((n) => (n < 0 ? n + count : n))
  if (
    !chosen.every((n) => Number.isInteger(n) && n >= 0 && n < count) ||
    new Set(chosen).size < chosen.length
  )
    throw new GradError(
      `${name}: argnums within the ${count} arguments, each once, are required, got ${given.join(', ')}.`,
    )
  return chosen
}

/** `f` as a function of the arguments at these positions alone. */
export const ofChosen = <A extends readonly unknown[], R>(
  f: (...args: A) => R,
  args: A,
  chosen: readonly number[],
): ((...values: readonly unknown[]) => R) => {
  const inner = (...values: readonly unknown[]): R => {
    const all: unknown[] = [...args]
    chosen.forEach((n, i) => {
      all[n] = values[i]
    })
    return f(...(all as readonly unknown[] as A))
  }
  return Object.defineProperty(inner, 'name', { value: f.name })
}
