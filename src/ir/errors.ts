/** Misuse of the library, or one of its limits. Messages read `operation: requirement, got values. Fix.` */
export class GradError extends Error {
  override readonly name: string = 'GradError'
}

/** Shapes that do not fit. */
export class ShapeError extends GradError {
  override readonly name = 'ShapeError'
}

/** An element type that the operation does not take. */
export class DTypeError extends GradError {
  override readonly name = 'DTypeError'
}

/** Two trees, or a tree and its prefix, that differ in structure; the message names the path. */
export class TreeMismatchError extends GradError {
  override readonly name = 'TreeMismatchError'
}

/** A tracer used after its trace ended, or outside of it. */
export class TracerLeakError extends GradError {
  override readonly name = 'TracerLeakError'
}

/** A concrete value was asked of a tracer that has none yet. */
export class ConcretizationError extends GradError {
  override readonly name = 'ConcretizationError'
}

/** A primitive lacks the rule that a transform asks for. */
export class MissingRuleError extends GradError {
  override readonly name = 'MissingRuleError'
}

/** A backend is missing, or cannot do what it is asked to. */
export class BackendError extends GradError {
  override readonly name = 'BackendError'
}

/** An operation gave NaN while `debug.nans` was on. */
export class NaNError extends GradError {
  override readonly name = 'NaNError'
}

/** A position out of range where its value is known, or under `debug.indices`. */
export class IndexError extends GradError {
  override readonly name = 'IndexError'
}

/** A fault of the library itself. */
export const internal = (message: string): GradError => new GradError(`internal: ${message}`)
