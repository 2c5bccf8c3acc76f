import type { FunctionBody, Statement } from './functionBody.js'
import { Local, type Value } from './value.js'

const valueText = (v: Value): string => {
  if (v instanceof Local) return v.text
  return `(${[v.text, ...v.operands.map(valueText)].join(' ')})`
}

const lines = (statements: readonly Statement[], indent: string): readonly string[] =>
  statements.flatMap((s) => linesOf(s, indent))

const linesOf = (s: Statement, indent: string): readonly string[] => {
  switch (s.kind) {
    case 'set':
      return [`${indent}${s.local.text} = ${valueText(s.value)}`]
    case 'do':
      return [`${indent}${[s.effect.text, ...s.effect.operands.map(valueText)].join(' ')}`]
    case 'block':
    case 'loop':
      return [`${indent}${s.kind} @${s.label.id}`, ...lines(s.body, `${indent}  `), `${indent}end`]
    case 'if':
      return [
        `${indent}if ${valueText(s.condition)}`,
        ...lines(s.then, `${indent}  `),
        ...(s.otherwise.length === 0 ? [] : [`${indent}else`, ...lines(s.otherwise, `${indent}  `)]),
        `${indent}end`,
      ]
    case 'branch':
      return [`${indent}br @${s.label.id}${s.condition === null ? '' : ` if ${valueText(s.condition)}`}`]
  }
}

/** A function as text for people: WebAssembly's instructions, with named values. */
export const functionText = (
  name: string,
  parameters: readonly Local[],
  body: FunctionBody,
  result: Value | null,
): string =>
  [
    `func ${name}(${parameters.map((p) => `${p.text}: ${p.type}`).join(', ')})`,
    ...lines(body.statements, '  '),
    ...(result === null ? [] : [`  return ${valueText(result)}`]),
  ].join('\n')
