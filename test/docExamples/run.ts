import ts from 'typescript'
import { disagreement } from './expectation.js'
import type { DocExample } from './extract.js'

/** Loads what an example imports; `grad-ts` is expected to be the library's source. */
export type Import = (specifier: string) => Promise<object>

type Check = (compute: () => unknown, expected: string, line: number) => Promise<void>

/** Runs the example; rejects if it throws, or if an expression is not what its `// =>` comment says. */
export const runExample = async (example: DocExample, load: Import): Promise<void> => {
  const place = (line: number): string => `${example.file}:${example.line + line}`
  const withChecks = insertChecks(example.code, place)
  const code = importsTheRoot(example.code)
    ? withChecks
    : (await implicitImport(example.code, load)) + withChecks
  const js = ts.transpileModule(code, {
    fileName: 'example.ts',
    reportDiagnostics: true,
    compilerOptions: {
      module: ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ES2022,
      esModuleInterop: true,
    },
  })
  const problem = js.diagnostics?.[0]
  if (problem !== undefined)
    throw new SyntaxError(`${place(0)}: ${ts.flattenDiagnosticMessageText(problem.messageText, '\n')}`)

  const modules = new Map<string, object>()
  for (const specifier of importedBy(js.outputText)) modules.set(specifier, await load(specifier))
  const check: Check = async (compute, expected, line) => {
    const problem = await failure(compute, expected)
    if (problem !== undefined) throw new Error(`${place(line)}: expected ${expected}, got ${problem}`)
  }
  const silent = { ...console, log: () => undefined }
  const body = new AsyncFunction('require', 'exports', '__check', 'console', js.outputText)
  await body((specifier: string) => modules.get(specifier), {}, check, silent)
}

interface AsyncFunctionConstructor {
  new (...args: string[]): (...args: unknown[]) => Promise<void>
}
const AsyncFunction = (async () => {}).constructor as AsyncFunctionConstructor

const parse = (code: string): ts.SourceFile =>
  ts.createSourceFile('example.ts', code, ts.ScriptTarget.ES2022, true, ts.ScriptKind.TS)

const importsTheRoot = (code: string): boolean =>
  parse(code).statements.some(
    (s) =>
      ts.isImportDeclaration(s) &&
      ts.isStringLiteral(s.moduleSpecifier) &&
      s.moduleSpecifier.text === 'grad-ts',
  )

const importedBy = (js: string): readonly string[] =>
  [...js.matchAll(/\brequire\((["'])(.*?)\1\)/g)].map((match) => match[2] ?? '')

/** An example that imports nothing of `grad-ts` itself sees every export of it that it names and does not declare. */
const implicitImport = async (code: string, load: Import): Promise<string> => {
  const used = new Set<string>()
  const declared = new Set<string>()
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) used.add(node.text)
    if (
      (ts.isVariableDeclaration(node) ||
        ts.isParameter(node) ||
        ts.isBindingElement(node) ||
        ts.isImportSpecifier(node) ||
        ts.isNamespaceImport(node)) &&
      ts.isIdentifier(node.name)
    )
      declared.add(node.name.text)
    if ((ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node)) && node.name !== undefined)
      declared.add(node.name.text)
    ts.forEachChild(node, visit)
  }
  visit(parse(code))
  const names = Object.keys(await load('grad-ts')).filter((name) => used.has(name) && !declared.has(name))
  return names.length === 0 ? '' : `import { ${names.join(', ')} } from 'grad-ts';`
}

/** A `// =>` comment after a statement, on its line or the next, with the comment lines that continue it. */
const expectation = /^\s*?;?[ \t]*\n?[ \t]*\/\/ => (.*)((?:\n[ \t]*\/\/(?! =>).*)*)/

/** Puts a call of `__check` after (or around) every statement that has an expectation. */
const insertChecks = (code: string, place: (line: number) => string): string => {
  const source = parse(code)
  let attached = 0
  const pieces = source.statements.map((statement, i) => {
    const text = code.slice(statement.getFullStart(), statement.end)
    const next = source.statements[i + 1]?.getStart() ?? code.length
    const found = expectation.exec(code.slice(statement.end, next))
    if (found === null) return text
    attached += 1
    const expected = [found[1] ?? '', ...(found[2] ?? '').split('\n').slice(1)]
      .map((line, n) => (n === 0 ? line : line.replace(/^\s*\/\/ ?/, '')))
      .join('\n')
      .trim()
    const line = source.getLineAndCharacterOfPosition(statement.getStart()).line
    const call = (expression: string): string =>
      `\nawait __check(async () => (${expression}), ${JSON.stringify(expected)}, ${line});`
    if (ts.isExpressionStatement(statement)) return call(subjectOf(statement.expression).getText())
    if (ts.isVariableStatement(statement)) {
      const declarations = statement.declarationList.declarations
      const name = declarations[declarations.length - 1]?.name
      if (name !== undefined && ts.isIdentifier(name)) return text + call(name.text)
    }
    throw new SyntaxError(`${place(line)}: // => belongs after an expression or a declaration of one name`)
  })
  const written = code.match(/\/\/ =>/g)?.length ?? 0
  if (written !== attached)
    throw new SyntaxError(
      `${place(0)}: ${written - attached} of ${written} "// =>" follow no top-level statement`,
    )
  return pieces.join('')
}

/** Of `console.log(x)`, x; of any other expression, itself. */
const subjectOf = (e: ts.Expression): ts.Expression => {
  const argument =
    ts.isCallExpression(e) && e.expression.getText() === 'console.log' && e.arguments.length === 1
      ? e.arguments[0]
      : undefined
  return argument ?? e
}

/** What the computation gave, where that is not what was expected. */
const failure = async (compute: () => unknown, expected: string): Promise<string | undefined> => {
  const thrown = /^throws (\w+)(?:: (.*))?$/s.exec(expected)
  if (thrown === null) return disagreement(expected, await compute())
  const [, name, message = ''] = thrown
  try {
    await compute()
  } catch (error) {
    if (!(error instanceof Error)) return String(error)
    const names = new Set([error.name, error.constructor.name])
    return names.has(name ?? '') && error.message.includes(message)
      ? undefined
      : `${error.name}: ${error.message}`
  }
  return 'no error'
}
