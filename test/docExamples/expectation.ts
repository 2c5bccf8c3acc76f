import { inspect } from 'node:util'
import ts from 'typescript'

/** Compares a value with what is written after `// =>`; `undefined` when they agree, else what was got. */
export const disagreement = (expected: string, value: unknown): string | undefined => {
  const literal = parseLiteral(expected)
  const agrees =
    literal === undefined
      ? [String(value), inspect(value)].some((text) => squash(text) === squash(expected))
      : matches(literal, value)
  return agrees ? undefined : inspect(plain(value), { depth: 8, maxArrayLength: 50 })
}

const squash = (text: string): string => text.replace(/\s+/g, ' ').trim()

/** The expression, if it is made of numbers, strings, booleans, null, undefined, arrays and objects only. */
const parseLiteral = (text: string): ts.Expression | undefined => {
  const { diagnostics } = ts.transpileModule(`(${text})`, { reportDiagnostics: true })
  if (diagnostics?.length !== 0) return undefined
  const [statement, ...others] = ts.createSourceFile(
    'expected.ts',
    `(${text})`,
    ts.ScriptTarget.ES2022,
    true,
  ).statements
  if (statement === undefined || others.length > 0 || !ts.isExpressionStatement(statement)) return undefined
  return isLiteral(statement.expression) ? statement.expression : undefined
}

const constants: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['undefined', undefined],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
])

const isLiteral = (e: ts.Expression): boolean => {
  if (ts.isParenthesizedExpression(e)) return isLiteral(e.expression)
  if (ts.isPrefixUnaryExpression(e)) return e.operator === ts.SyntaxKind.MinusToken && isNumeric(e.operand)
  if (ts.isArrayLiteralExpression(e)) return e.elements.every(isLiteral)
  if (ts.isObjectLiteralExpression(e))
    return e.properties.every(
      (p) => ts.isPropertyAssignment(p) && keyOf(p.name) !== undefined && isLiteral(p.initializer),
    )
  if (ts.isIdentifier(e)) return constants.has(e.text)
  return (
    ts.isNumericLiteral(e) ||
    ts.isStringLiteralLike(e) ||
    e.kind === ts.SyntaxKind.TrueKeyword ||
    e.kind === ts.SyntaxKind.FalseKeyword ||
    e.kind === ts.SyntaxKind.NullKeyword
  )
}

const isNumeric = (e: ts.Expression): boolean =>
  ts.isNumericLiteral(e) || (ts.isIdentifier(e) && (e.text === 'Infinity' || e.text === 'NaN'))

const keyOf = (name: ts.PropertyName): string | undefined =>
  ts.isIdentifier(name) || ts.isStringLiteralLike(name) || ts.isNumericLiteral(name) ? name.text : undefined

const matches = (e: ts.Expression, raw: unknown): boolean => {
  const value = plain(raw)
  if (ts.isParenthesizedExpression(e)) return matches(e.expression, value)
  if (ts.isArrayLiteralExpression(e))
    return (
      Array.isArray(value) &&
      value.length === e.elements.length &&
      e.elements.every((element, i) => matches(element, value[i]))
    )
  if (ts.isObjectLiteralExpression(e)) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
    const got = new Map(Object.entries(value))
    return (
      got.size === e.properties.length &&
      e.properties.every((p) => {
        if (!ts.isPropertyAssignment(p)) return false
        const key = keyOf(p.name) ?? ''
        return got.has(key) && matches(p.initializer, got.get(key))
      })
    )
  }
  if (ts.isStringLiteralLike(e)) return value === e.text
  if (e.kind === ts.SyntaxKind.TrueKeyword) return value === true
  if (e.kind === ts.SyntaxKind.FalseKeyword) return value === false
  if (e.kind === ts.SyntaxKind.NullKeyword) return value === null
  if (ts.isPrefixUnaryExpression(e)) return typeof value === 'number' && matches(e.operand, -value)
  if (ts.isIdentifier(e)) return Object.is(value, constants.get(e.text))
  return ts.isNumericLiteral(e) && typeof value === 'number' && numberMatches(writtenAs(e), value)
}

const writtenAs = (e: ts.NumericLiteral): string => e.getText(e.getSourceFile())

/** Three decimals or more: the value rounds to what is written. Else: equal to 1e-6, relative above 1. */
const numberMatches = (written: string, value: number): boolean => {
  const expected = Number(written.replaceAll('_', ''))
  const [mantissa = '', exponent = '0'] = written.toLowerCase().split('e')
  const decimals = mantissa.split('.')[1]?.length ?? 0
  const tolerance =
    decimals >= 3
      ? 0.5 * 10 ** (Number(exponent) - decimals) * (1 + 1e-6)
      : 1e-6 * Math.max(1, Math.abs(expected))
  return Math.abs(value - expected) <= tolerance
}

interface HasToArray {
  toArray(): unknown
}

const hasToArray = (value: unknown): value is HasToArray =>
  typeof value === 'object' && value !== null && 'toArray' in value && typeof value.toArray === 'function'

/** Tensors and typed arrays as plain nested arrays; anything else as it is. */
const plain = (value: unknown): unknown => {
  if (hasToArray(value)) return plain(value.toArray())
  if (ArrayBuffer.isView(value) && !(value instanceof DataView))
    return Array.from(value as unknown as ArrayLike<unknown>)
  return value
}
