import { hasHostFunctions } from './structuralKey.js'
import { Concrete, type Tensor } from './tensor.js'

let current: Holdings | null = null

/** Whose the results are that are computed now; `null`: the user's. */
export const holdings = (): Holdings | null => current

/** Runs `body`, whose results are the owner's; `null`: its own, as those of the user's functions, which keep what they like. */
export const ownedBy = <T>(owner: Holdings | null, body: () => T): T => {
  const outer = current
  current = owner
  try {
    return body()
  } finally {
    current = outer
  }
}

/**
 * What an evaluation computes for itself: freed as soon as nothing of the evaluation holds it, without waiting for the
 * collector. Other tensors may be counted as well, which does nothing.
 */
export class Holdings {
  /** How often each is held. */
  readonly #counts = new Map<Tensor, number>()
  /** Those that may be free. */
  #loose: Tensor[] = []
  /** Operands that the present equation may overwrite. */
  spent: readonly Tensor[] = []

  /** Takes what an operation gave, but for operands that it hands through. */
  made(outs: readonly Tensor[], inputs: readonly Tensor[]): void {
    for (const t of outs) {
      if (inputs.includes(t)) continue
      this.#counts.set(t, 0)
      this.#loose.push(t)
    }
  }

  /**
   * Runs one equation, whose temporary values are freed by the next `settle`; what the user's functions see is not. `dying`: what it
   * reads once and nothing does afterwards.
   */
  step<T>(params: object, operands: readonly Tensor[], body: () => T, dying: readonly Tensor[] = []): T {
    const isUsers = hasHostFunctions(params)
    if (isUsers) for (const t of operands) this.#counts.delete(t)
    this.spent = dying.filter((t) => this.#counts.get(t) === 1)
    return ownedBy(isUsers ? null : this, body)
  }

  /** Holds tensors once more, or once less. */
  count(tensors: readonly Tensor[], by: 1 | -1): void {
    for (const t of tensors) {
      const count = this.#counts.get(t)
      if (count === undefined) continue
      this.#counts.set(t, count + by)
      this.#loose.push(t)
    }
  }

  /** After an equation: frees what nothing holds. */
  settle(held: readonly Tensor[], dropped: readonly Tensor[]): void {
    this.count(held, 1)
    this.count(dropped, -1)
    for (const t of this.#loose)
      if (this.#counts.get(t) === 0) {
        this.#counts.delete(t)
        if (t instanceof Concrete) t.release('freed', true)
      }
    this.#loose = []
  }
}
