/** Numbers in ascending order. To move thousands of them takes a microsecond; a Map whose keys come and go takes longer. */
export class SortedNumbers {
  #values = new Float64Array(0)
  #count = 0

  get length(): number {
    return this.#count
  }

  at(index: number): number {
    return this.#values[index]
  }

  all(): Float64Array {
    return this.#values.subarray(0, this.#count)
  }

  /** How many are less than a number: the place where it is, or would be. */
  below(value: number): number {
    const values = this.#values
    let [from, to] = [0, this.#count]
    while (from < to) {
      const middle = (from + to) >>> 1
      if (values[middle] < value) from = middle + 1
      else to = middle
    }
    return from
  }

  add(value: number): void {
    if (this.#count === this.#values.length) {
      const more = new Float64Array(2 * this.#count + 64)
      more.set(this.#values)
      this.#values = more
    }
    const at = this.below(value)
    this.#values.copyWithin(at + 1, at, this.#count++)
    this.#values[at] = value
  }

  delete(value: number): void {
    const at = this.below(value)
    this.#values.copyWithin(at, at + 1, this.#count--)
  }

  replace(values: readonly number[]): void {
    this.#values = Float64Array.from(values).sort()
    this.#count = values.length
  }
}
