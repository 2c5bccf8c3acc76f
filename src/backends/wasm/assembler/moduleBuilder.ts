import { list, name as nameBytes, unsigned } from './encode.js'
import { FunctionBody } from './functionBody.js'
import { functionCode } from './functionCode.js'
import { functionText } from './functionText.js'
import { type Effect, type Local, typeCode, type Value, type ValueType } from './value.js'

/** A function that can be called. */
export type FunctionRef<R extends ValueType | null = ValueType | null> = {
  readonly name: string
  readonly index: number
  readonly result: R
}

export type MemoryImport = {
  readonly module: string
  readonly name: string
  readonly shared: boolean
  /** In pages of 64 KB. */
  readonly initial: number
  readonly maximum: number
}

type Locals<P extends readonly ValueType[]> = { readonly [i in keyof P]: Local<P[i]> }

type Defined = {
  readonly name: string
  readonly type: number
  readonly code: Uint8Array
  readonly isExported: boolean
  /** `null` where it is not kept. */
  readonly text: (() => string) | null
}

/** The call as a value. */
export const call = <R extends ValueType>(f: FunctionRef<R>, ...args: readonly Value[]): Value<R> => ({
  type: f.result,
  text: `call ${f.name}`,
  code: [0x10, ...unsigned(f.index)],
  operands: args,
})

/** The call of a function without a result. */
export const perform = (f: FunctionRef<null>, ...args: readonly Value[]): Effect => ({
  text: `call ${f.name}`,
  code: [0x10, ...unsigned(f.index)],
  operands: args,
})

/** A module under construction: one imported memory, imported functions first, then its own, which are exported by name. */
export class ModuleBuilder {
  readonly #types: string[] = []
  readonly #typeBytes: number[][] = []
  readonly #imported: { readonly module: string; readonly name: string; readonly type: number }[] = []
  readonly #defined: Defined[] = []

  readonly #memory: MemoryImport
  readonly #keepsText

  /** `keepsText`: functions can be shown; all that they are made of is in memory then. */
  constructor(memory: MemoryImport, keepsText = false) {
    this.#memory = memory
    this.#keepsText = keepsText
  }

  #type(parameters: readonly ValueType[], result: ValueType | null): number {
    const key = `${parameters.join()}:${result}`
    const known = this.#types.indexOf(key)
    if (known >= 0) return known
    this.#types.push(key)
    this.#typeBytes.push([
      0x60,
      ...list(parameters.map((p) => [typeCode[p]])),
      ...list(result === null ? [] : [[typeCode[result]]]),
    ])
    return this.#types.length - 1
  }

  /** Imports come before all functions of the module's own. */
  import<R extends ValueType | null>(
    module: string,
    name: string,
    parameters: readonly ValueType[],
    result: R,
  ): FunctionRef<R> {
    const known = this.#imported.findIndex((i) => i.module === module && i.name === name)
    if (known >= 0) return { name, index: known, result }
    if (this.#defined.length > 0) throw new Error(`assembler: import ${name} comes after a function.`)
    this.#imported.push({ module, name, type: this.#type(parameters, result) })
    return { name, index: this.#imported.length - 1, result }
  }

  /** A function without a result. */
  procedure<const P extends readonly ValueType[]>(
    name: string,
    parameters: P,
    write: (body: FunctionBody, ...parameters: Locals<P>) => void,
  ): FunctionRef<null> {
    return this.#define(name, parameters, null, true, (body, locals) => {
      write(body, ...locals)
      return null
    })
  }

  /** A procedure that only functions of the module call. */
  inner<const P extends readonly ValueType[]>(
    name: string,
    parameters: P,
    write: (body: FunctionBody, ...parameters: Locals<P>) => void,
  ): FunctionRef<null> {
    return this.#define(name, parameters, null, false, (body, locals) => {
      write(body, ...locals)
      return null
    })
  }

  /** A function of the value that `write` gives. */
  function<const P extends readonly ValueType[], R extends ValueType>(
    name: string,
    parameters: P,
    result: R,
    write: (body: FunctionBody, ...parameters: Locals<P>) => Value<R>,
  ): FunctionRef<R> {
    return this.#define(name, parameters, result, true, (body, locals) => write(body, ...locals))
  }

  #define<const P extends readonly ValueType[], R extends ValueType | null>(
    name: string,
    parameters: P,
    result: R,
    isExported: boolean,
    write: (body: FunctionBody, parameters: Locals<P>) => Value | null,
  ): FunctionRef<R> {
    const body = new FunctionBody()
    const locals = parameters.map((p) => body.parameter(p))
    const value = write(body, locals as Locals<P>) // a mapped tuple has its type by construction
    const index = this.#imported.length + this.#defined.length
    this.#defined.push({
      name,
      type: this.#type(parameters, result),
      code: functionCode(locals, body, value),
      isExported,
      text: this.#keepsText ? () => functionText(name, locals, body, value) : null,
    })
    return { name, index, result }
  }

  /** The text of a function, for people. */
  text({ index }: FunctionRef): string {
    return this.#defined[index - this.#imported.length]?.text?.() ?? ''
  }

  toBytes(): Uint8Array {
    const { module, name, shared, initial, maximum } = this.#memory
    const limits = [shared ? 3 : 1, ...unsigned(initial), ...unsigned(maximum)]
    const memory = [...nameBytes(module), ...nameBytes(name), 2, ...limits]
    const functions = this.#imported.map((i) => [
      ...nameBytes(i.module),
      ...nameBytes(i.name),
      0,
      ...unsigned(i.type),
    ])
    const exports = this.#defined.flatMap((f, i) =>
      f.isExported ? [[...nameBytes(f.name), 0, ...unsigned(this.#imported.length + i)]] : [],
    )
    const bodies = this.#defined.flatMap((f) => [unsigned(f.code.length), f.code])
    const sections: readonly (readonly [number, readonly ArrayLike<number>[], number?])[] = [
      [1, this.#typeBytes],
      [2, [memory, ...functions]],
      [3, this.#defined.map((f) => unsigned(f.type))],
      [7, exports],
      [10, bodies, this.#defined.length],
    ]
    return bytesOf([
      [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      ...sections.flatMap(([id, parts, count = parts.length]) => {
        const length = parts.reduce((n, part) => n + part.length, unsigned(count).length)
        return [[id, ...unsigned(length), ...unsigned(count)], ...parts]
      }),
    ])
  }
}

const bytesOf = (parts: readonly ArrayLike<number>[]): Uint8Array => {
  const bytes = new Uint8Array(parts.reduce((n, part) => n + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}
