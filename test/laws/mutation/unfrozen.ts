/**
 * Primitives are frozen when they are defined. Imported before them, this leaves them open, so that one rule at a time
 * can be replaced.
 */
const freeze = Object.freeze

const isPrimitive = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'abstractEval' in value && 'lower' in value

Object.freeze = <T>(value: T): T => (isPrimitive(value) ? value : freeze(value))
