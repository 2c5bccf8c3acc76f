/** Bytes, one after the other, as many as there will be. */
export class ByteWriter {
  #bytes = new Uint8Array(1024)
  #length = 0

  byte(value: number): void {
    if (this.#length === this.#bytes.length) {
      const more = new Uint8Array(2 * this.#length)
      more.set(this.#bytes)
      this.#bytes = more
    }
    this.#bytes[this.#length++] = value
  }

  all(values: readonly number[]): void {
    for (let i = 0; i < values.length; i++) this.byte(values[i])
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

  written(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }
}
