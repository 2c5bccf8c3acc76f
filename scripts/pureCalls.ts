import type { UserConfig } from 'tsdown'

type Node = { readonly type: string; readonly start: number }

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && 'start' in value

/** What is evaluated later than the statement that it is in. */
const later = ['ArrowFunctionExpression', 'FunctionExpression', 'ClassBody']

const calls = ['CallExpression', 'NewExpression']

/** Where the calls begin that are made while a declaration is evaluated. */
const callsIn = (value: unknown): readonly number[] => {
  if (Array.isArray(value)) return value.flatMap(callsIn)
  if (!isNode(value) || later.includes(value.type)) return []
  const inside = Object.values(value).flatMap(callsIn)
  return calls.includes(value.type) ? [value.start, ...inside] : inside
}

/**
 * Marks the calls that declare constants as pure, so that bundlers leave out the constants that a page does not use: primitives, layers,
 * tables. It holds because a module of ours does nothing but declare; only entries wire the pieces, in a statement of their own.
 */
export const pureCalls = {
  name: 'pure-calls',
  renderChunk(code, { fileName }) {
    if (!fileName.endsWith('.js')) return null
    const { body } = this.parse(code)
    const starts = body.flatMap((s) => (s.type === 'VariableDeclaration' ? callsIn(s.declarations) : []))
    const sorted = [...new Set([0, ...starts])].sort((a, b) => a - b)
    return sorted.map((start, i) => code.slice(start, sorted[i + 1])).join('/* @__PURE__ */ ')
  },
} satisfies NonNullable<UserConfig['plugins']>
