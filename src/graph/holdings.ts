import { hasHostFunctions } from './structuralKey.js'
import { Concrete, type Tensor } from './tensor.js'

let current: Holdings | null = null

/** Whose the results are that are computed now; `null`: the user's. */
export const holdings = (): Holdings | null => current

const ownedBy = <T>(owner: Holdings | null, body: () => T): T => {
  const outer = current
  current = owner
  try {
    return body()
  } finally {
    current = outer
  }
}

/** Runs `body`, whose results are its own: the user's functions keep what they like. */
export const unowned = <T>(body: () => T): T => ownedBy(null, body)

/**
 * What an evaluation computes for itself: freed as soon as nothing of the evaluation holds it, without waiting for the
 * collector. Other tensors may be held and dropped as well, which does nothing.
 */
export class Holdings {
  /** How often each is held. */
  private readonly counts = new Map<Tensor, number>()
  /** Those that may be free. */
  private loose: Tensor[] = []
  private spent: readonly Tensor[] = []

  /** Takes what an operation gave, but for operands that it hands through. */
  made(outs: readonly Tensor[], inputs: readonly Tensor[]): void {
    for (const t of outs) {
      if (inputs.includes(t)) continue
      this.counts.set(t, 0)
      this.loose.push(t)
    }
  }

  /**
   * Runs one equation, whose temporary values are freed by the next sweep; what the user's functions see is not. `spent`: what no
   * other reads, and it reads once.
   */
  step<T>(params: object, operands: readonly Tensor[], body: () => T, spent: readonly Tensor[] = []): T {
    const isUsers = hasHostFunctions(params)
    if (isUsers) for (const t of operands) this.counts.delete(t)
    this.spent = spent
    return ownedBy(isUsers ? null : this, body)
  }

  /** Whether an operand may be overwritten by the operation. */
  isSpent(t: Tensor): boolean {
    return this.counts.get(t) === 1 && this.spent.includes(t)
  }

  hold(...tensors: readonly Tensor[]): void {
    for (const t of tensors) this.count(t, 1)
  }

  drop(...tensors: readonly Tensor[]): void {
    for (const t of tensors) if (this.count(t, -1) === 0) this.loose.push(t)
  }

  private count(t: Tensor, by: number): number | null {
    const count = this.counts.get(t)
    if (count === undefined) return null
    this.counts.set(t, count + by)
    return count + by
  }

  /** Frees what nothing holds. */
  sweep(): void {
    for (const t of this.loose)
      if (this.counts.get(t) === 0) {
        this.counts.delete(t)
        if (t instanceof Concrete) t.release('freed', true)
      }
    this.loose = []
  }
}
