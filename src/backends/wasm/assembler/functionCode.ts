import { internal } from '../../../graph/errors.js'
import { ByteWriter } from './byteWriter.js'
import type { FunctionBody, Label, Statement } from './functionBody.js'
import { localPlaces } from './localPlaces.js'
import { Local, typeCode, type Value } from './value.js'

const empty = 0x40

/** Writes a function's instructions as bytes. */
class Writer {
  readonly bytes = new ByteWriter()
  private readonly around: Label[] = []

  constructor(private readonly placeOf: ReadonlyMap<Local, number>) {}

  private place(local: Local): number {
    const found = this.placeOf.get(local)
    if (found === undefined) throw internal(`assembler: local ${local.text} is read before it is set.`)
    return found
  }

  value(v: Value): void {
    if (v instanceof Local) {
      this.bytes.byte(0x20)
      this.bytes.unsigned(this.place(v))
    } else this.instruction(v.operands, v.code)
  }

  private instruction(operands: readonly Value[], code: readonly number[]): void {
    for (const o of operands) this.value(o)
    this.bytes.all(code)
  }

  private inside(label: Label, statements: readonly Statement[]): void {
    this.around.push(label)
    this.all(statements)
    this.around.pop()
  }

  all(statements: readonly Statement[]): void {
    for (const s of statements) this.statement(s)
  }

  private statement(s: Statement): void {
    switch (s.kind) {
      case 'set':
        this.value(s.value)
        this.bytes.byte(0x21)
        this.bytes.unsigned(this.place(s.local))
        return
      case 'do':
        this.instruction(s.effect.operands, s.effect.code)
        return
      case 'block':
      case 'loop':
        this.bytes.byte(s.kind === 'block' ? 0x02 : 0x03)
        this.bytes.byte(empty)
        this.inside(s.label, s.body)
        this.bytes.byte(0x0b)
        return
      case 'if':
        this.value(s.condition)
        this.bytes.byte(0x04)
        this.bytes.byte(empty)
        this.inside(s.label, s.then)
        if (s.otherwise.length > 0) {
          this.bytes.byte(0x05)
          this.inside(s.label, s.otherwise)
        }
        this.bytes.byte(0x0b)
        return
      case 'branch': {
        const depth = this.around.length - 1 - this.around.lastIndexOf(s.label)
        if (depth >= this.around.length)
          throw internal('assembler: a branch leaves no block that is around it.')
        if (s.condition !== null) this.value(s.condition)
        this.bytes.byte(s.condition === null ? 0x0c : 0x0d)
        this.bytes.unsigned(depth)
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
  const { placeOf, types } = localPlaces(parameters, statements)
  const writer = new Writer(placeOf)
  writer.all(statements)
  const groups: { readonly type: number; count: number }[] = []
  for (const type of types) {
    const group = groups.at(-1)
    if (group?.type === typeCode[type]) group.count++
    else groups.push({ type: typeCode[type], count: 1 })
  }
  const code = new ByteWriter()
  code.unsigned(groups.length)
  for (const { type, count } of groups) {
    code.unsigned(count)
    code.byte(type)
  }
  code.copy(writer.bytes.done())
  code.byte(0x0b)
  return code.done()
}
