/** Bytes in the making. */
export class ByteWriter {
  private bytes = new Uint8Array(1024)
  private used = 0

  get length(): number {
    return this.used
  }

  private reserve(more: number): void {
    const needed = this.used + more
    if (needed <= this.bytes.length) return
    const longer = new Uint8Array(Math.max(needed, 2 * this.bytes.length))
    longer.set(this.bytes.subarray(0, this.used))
    this.bytes = longer
  }

  byte(value: number): void {
    if (this.used === this.bytes.length) this.reserve(1)
    this.bytes[this.used++] = value
  }

  all(values: ArrayLike<number>): void {
    this.reserve(values.length)
    for (let i = 0; i < values.length; i++) this.bytes[this.used + i] = values[i]
    this.used += values.length
  }

  /** What is copied without a look at each byte. */
  copy(values: Uint8Array): void {
    this.reserve(values.length)
    this.bytes.set(values, this.used)
    this.used += values.length
  }

  /** LEB128 of an unsigned number up to 2³². */
  unsigned(value: number): void {
    let rest = value
    while (rest >= 128) {
      this.byte((rest % 128) | 0x80)
      rest = Math.floor(rest / 128)
    }
    this.byte(rest)
  }

  /** What was written, as an array of its own. */
  done(): Uint8Array {
    return this.bytes.slice(0, this.used)
  }
}
