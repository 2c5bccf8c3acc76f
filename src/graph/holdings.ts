import { hasHostFunctions } from './structuralKey.js'
import { Concrete, type Tensor } from './tensor.js'

let current: Holdings | null = null

/** The owner of the results that are computed now; `null` for the user. */
export const holdings = (): Holdings | null => current

/** Runs `body`, whose results belong to the owner; with `null` they are its own, as for the user's functions, which may keep theirs. */
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
 * The temporary values of an evaluation, freed as soon as nothing in it holds them, without waiting for the
 * collector. Counting other tensors has no effect.
 */
export class Holdings {
  /** The number of holders of each tensor. */
  readonly #counts = new Map<Tensor, number>()
  /** Tensors that may have become free. */
  #loose: Tensor[] = []
  /** Operands that the present equation may overwrite. */
  spent: readonly Tensor[] = []

  /** Takes the results of an operation, except operands that it hands through. */
  made(outs: readonly Tensor[], inputs: readonly Tensor[]): void {
    for (const t of outs) {
      if (inputs.includes(t)) continue
      this.#counts.set(t, 0)
      this.#loose.push(t)
    }
  }

  /**
   * Runs one equation, whose temporary values are freed by the next `settle`, except those that the user's functions see. `dying`: operands
   * that it reads once, and nothing reads afterwards.
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

  /** Frees the values that nothing holds, after an equation. */
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
