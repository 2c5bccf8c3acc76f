/** Kernels by key; those that have not run for the longest are destroyed: each holds memory. */
export class LruKernels<K extends { destroy(): void }> {
  readonly #kernels = new Map<string, K>()

  readonly #most: number

  constructor(most: number) {
    this.#most = most
  }

  get(key: string, compile: () => K): K {
    const known = this.#kernels.get(key)
    if (known !== undefined) {
      this.#kernels.delete(key)
      this.#kernels.set(key, known)
      return known
    }
    const [oldest] = this.#kernels
    if (this.#kernels.size >= this.#most && oldest !== undefined) {
      oldest[1].destroy()
      this.#kernels.delete(oldest[0])
    }
    const made = compile()
    this.#kernels.set(key, made)
    return made
  }
}
