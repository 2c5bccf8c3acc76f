import { internal } from '../../../ir/errors.js'
import { ByteWriter } from './byteWriter.js'
import type { FunctionBody, Label, Statement } from './functionBody.js'
import { localPlaces, type Places } from './localPlaces.js'
import { Local, typeCode, type Value } from './value.js'

const empty = 0x40

/** Writes a function's instructions as bytes. */
class Writer {
  readonly #around: Label[] = []

  readonly #bytes: ByteWriter
  readonly #places: Places

  constructor(bytes: ByteWriter, places: Places) {
    this.#bytes = bytes
    this.#places = places
  }

  #local(opcode: number, local: Local): void {
    const place = this.#places.placeOf[local.id]
    if (place < 0) throw internal(`assembler: local ${local.text} is read before it is set.`)
    this.#bytes.byte(opcode)
    this.#bytes.unsigned(place)
  }

  value(v: Value): void {
    if (v instanceof Local) this.#local(0x20, v)
    else this.#instruction(v.operands, v.code)
  }

  #instruction(operands: readonly Value[], code: readonly number[]): void {
    for (const o of operands) this.value(o)
    this.#bytes.all(code)
  }

  #inside(label: Label, statements: readonly Statement[]): void {
    this.#around.push(label)
    this.all(statements)
    this.#around.pop()
  }

  all(statements: readonly Statement[]): void {
    for (const s of statements) this.#statement(s)
  }

  #statement(s: Statement): void {
    const bytes = this.#bytes
    switch (s.kind) {
      case 'set':
        this.value(s.value)
        this.#local(0x21, s.local)
        return
      case 'do':
        this.#instruction(s.effect.operands, s.effect.code)
        return
      case 'block':
      case 'loop':
        bytes.byte(s.kind === 'block' ? 0x02 : 0x03)
        bytes.byte(empty)
        this.#inside(s.label, s.body)
        bytes.byte(0x0b)
        return
      case 'if':
        this.value(s.condition)
        bytes.byte(0x04)
        bytes.byte(empty)
        this.#inside(s.label, s.then)
        if (s.otherwise.length > 0) {
          bytes.byte(0x05)
          this.#inside(s.label, s.otherwise)
        }
        bytes.byte(0x0b)
        return
      case 'branch': {
        const depth = this.#around.length - 1 - this.#around.lastIndexOf(s.label)
        if (depth >= this.#around.length)
          throw internal('assembler: a branch leaves no block that is around it.')
        if (s.condition !== null) this.value(s.condition)
        bytes.byte(s.condition === null ? 0x0c : 0x0d)
        bytes.unsigned(depth)
      }
    }
  }
}

/** The code section's entry of a function. */
export const functionCode = (
  parameters: readonly Local[],
  body: FunctionBody,
  result: Value | null,
): Uint8Array => {
  // the result is read at the end: as an operand of nothing
  const last: Statement[] =
    result === null ? [] : [{ kind: 'do', effect: { text: '', code: [], operands: [result] } }]
  const statements = [...body.statements, ...last]
  const places = localPlaces(parameters, body.locals, statements)
  const groups: { readonly type: number; count: number }[] = []
  for (const type of places.types) {
    const group = groups.at(-1)
    if (group?.type === typeCode[type]) group.count++
    else groups.push({ type: typeCode[type], count: 1 })
  }
  const bytes = new ByteWriter()
  bytes.unsigned(groups.length)
  for (const { type, count } of groups) {
    bytes.unsigned(count)
    bytes.byte(type)
  }
  new Writer(bytes, places).all(statements)
  bytes.byte(0x0b)
  return bytes.written()
}
