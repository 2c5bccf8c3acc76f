/** Types of WebAssembly's values. */
export type ValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128'

export const typeCode: { readonly [type in ValueType]: number } = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
}

/** An instruction that gives a value, with those that give its operands. */
export interface Value<T extends ValueType = ValueType> {
  readonly type: T
  readonly text: string
  /** Opcode and immediates. */
  readonly code: readonly number[]
  readonly operands: readonly Value[]
}

/** A local variable; as a value, its contents. */
export class Local<T extends ValueType = ValueType> implements Value<T> {
  readonly code: readonly number[] = []
  readonly operands: readonly Value[] = []

  constructor(
    readonly type: T,
    /** Its number among the locals of its function, before those that never live together share a place. */
    readonly id: number,
    /** Set once only, before all that read it. */
    readonly isConstant: boolean,
  ) {}

  get text(): string {
    return `$${this.id}`
  }
}

/** An instruction without a result. */
export interface Effect {
  readonly text: string
  readonly code: readonly number[]
  readonly operands: readonly Value[]
}
