import { type Effect, Local, type Value, type ValueType } from './value.js'

/** A place that a branch goes to: the end of a block, or the start of a loop. */
export type Label = { readonly id: number }

export type Statement =
  | { readonly kind: 'set'; readonly local: Local; readonly value: Value }
  | { readonly kind: 'do'; readonly effect: Effect }
  | {
      readonly kind: 'block' | 'loop'
      readonly label: Label
      readonly body: readonly Statement[]
    }
  | {
      readonly kind: 'if'
      readonly condition: Value<'i32'>
      readonly label: Label
      readonly then: readonly Statement[]
      readonly otherwise: readonly Statement[]
    }
  | { readonly kind: 'branch'; readonly label: Label; readonly condition: Value<'i32'> | null }

/** Writes the statements of one function. */
export class FunctionBody {
  readonly locals: Local[] = []
  #current: Statement[] = []
  #labels = 0

  get statements(): readonly Statement[] {
    return this.#current
  }

  #local<T extends ValueType>(type: T, isConstant: boolean): Local<T> {
    const made = new Local(type, this.locals.length, isConstant)
    this.locals.push(made)
    return made
  }

  parameter<T extends ValueType>(type: T): Local<T> {
    return this.#local(type, false)
  }

  /** A name for a value that is computed here, once. */
  let<T extends ValueType>(value: Value<T>): Local<T> {
    if (value instanceof Local && value.isConstant) return value
    const local = this.#local(value.type, true)
    this.#current.push({ kind: 'set', local, value })
    return local
  }

  /** A variable, with its first value. */
  variable<T extends ValueType>(value: Value<T>): Local<T> {
    const local = this.#local(value.type, false)
    this.set(local, value)
    return local
  }

  set<T extends ValueType>(local: Local<T>, value: Value<T>): void {
    this.#current.push({ kind: 'set', local, value })
  }

  do(effect: Effect): void {
    this.#current.push({ kind: 'do', effect })
  }

  #within(write: () => void): readonly Statement[] {
    const outer = this.#current
    this.#current = []
    write()
    const written = this.#current
    this.#current = outer
    return written
  }

  /** Statements that `branch(exit)` leaves. */
  block(write: (exit: Label) => void): void {
    const label = { id: this.#labels++ }
    const body = this.#within(() => write(label))
    this.#current.push({ kind: 'block', label, body })
  }

  /** Statements that `branch(again)` starts again; without it they run once. */
  loop(write: (again: Label) => void): void {
    const label = { id: this.#labels++ }
    const body = this.#within(() => write(label))
    this.#current.push({ kind: 'loop', label, body })
  }

  if(condition: Value<'i32'>, write: () => void, otherwise: () => void = () => {}): void {
    const label = { id: this.#labels++ }
    const then = this.#within(write)
    this.#current.push({ kind: 'if', condition, label, then, otherwise: this.#within(otherwise) })
  }

  branch(label: Label, condition: Value<'i32'> | null = null): void {
    this.#current.push({ kind: 'branch', label, condition })
  }
}
