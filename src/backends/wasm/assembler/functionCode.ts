import { internal } from '../../../graph/errors.js'
import { unsigned } from './encode.js'
import type { FunctionBody, Label, Statement } from './functionBody.js'
import { localPlaces } from './localPlaces.js'
import { Local, typeCode, type Value } from './value.js'

const empty = 0x40

/** Writes a function's instructions as bytes. */
class Writer {
  readonly bytes: number[] = []
  private readonly around: Label[] = []

  constructor(private readonly placeOf: ReadonlyMap<Local, number>) {}

  private place(local: Local): number {
    const found = this.placeOf.get(local)
    if (found === undefined) throw internal(`assembler: local ${local.text} is read before it is set.`)
    return found
  }

  value(v: Value): void {
    if (v instanceof Local) this.bytes.push(0x20, ...unsigned(this.place(v)))
    else this.instruction(v.operands, v.code)
  }

  private instruction(operands: readonly Value[], code: readonly number[]): void {
    for (const o of operands) this.value(o)
    for (const byte of code) this.bytes.push(byte)
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
        this.bytes.push(0x21, ...unsigned(this.place(s.local)))
        return
      case 'do':
        this.instruction(s.effect.operands, s.effect.code)
        return
      case 'block':
      case 'loop':
        this.bytes.push(s.kind === 'block' ? 0x02 : 0x03, empty)
        this.inside(s.label, s.body)
        this.bytes.push(0x0b)
        return
      case 'if':
        this.value(s.condition)
        this.bytes.push(0x04, empty)
        this.inside(s.label, s.then)
        if (s.otherwise.length > 0) {
          this.bytes.push(0x05)
          this.inside(s.label, s.otherwise)
        }
        this.bytes.push(0x0b)
        return
      case 'branch': {
        const depth = this.around.length - 1 - this.around.lastIndexOf(s.label)
        if (depth >= this.around.length)
          throw internal('assembler: a branch leaves no block that is around it.')
        if (s.condition !== null) this.value(s.condition)
        this.bytes.push(s.condition === null ? 0x0c : 0x0d, ...unsigned(depth))
      }
    }
  }
}

/** The code section's entry of a function. */
export const functionCode = (
  parameters: readonly Local[],
  body: FunctionBody,
  result: Value | null,
): number[] => {
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
  const code = [
    ...unsigned(groups.length),
    ...groups.flatMap(({ type, count }) => [...unsigned(count), type]),
  ]
  for (const byte of writer.bytes) code.push(byte)
  code.push(0x0b)
  return code
}
