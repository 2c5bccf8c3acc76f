import { fileURLToPath } from 'node:url'
import ts from 'typescript'

/** A parameter of a public function that is a record of options. */
export type OptionsParameter = {
  /** From the entry: `index`, `np`, `sum`; methods of tensors are in `Tensor`. */
  readonly path: readonly string[]
  readonly index: number
  /** What the arguments before it are: functions, axes that may as well be options, or others. */
  readonly before: readonly ('function' | 'axis' | 'other')[]
}

const root = fileURLToPath(new URL('..', import.meta.url))

/** Arguments in a list of one function's, tuples after `...` taken apart. */
const parametersOf = (checker: ts.TypeChecker, signature: ts.Signature): readonly ts.Type[] =>
  signature.getParameters().flatMap((parameter) => {
    const type = checker.getTypeOfSymbol(parameter)
    const declaration = parameter.valueDeclaration
    const rest =
      declaration !== undefined && ts.isParameter(declaration) && declaration.dotDotDotToken !== undefined
    return rest && checker.isTupleType(type) ? checker.getTypeArguments(type as ts.TypeReference) : [type]
  })

/** A record of named settings: not a tree, a tensor or a function; all optional, or so called. */
const isOptions = (checker: ts.TypeChecker, type: ts.Type): boolean => {
  if ((type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) === 0) return false
  if (checker.isArrayLikeType(type) || type.getCallSignatures().length > 0) return false
  const properties = type.getProperties()
  const optional = properties.every((p) => (p.flags & ts.SymbolFlags.Optional) !== 0)
  return properties.length > 0 && (optional || /Options$/.test(type.aliasSymbol?.name ?? ''))
}

/** All parameters of the functions that these entries (`index`, `lax`, …) export which are records of options. */
export const optionsParameters = (entries: readonly string[]): readonly OptionsParameter[] => {
  const program = ts.createProgram(
    entries.map((entry) => `${root}src/${entry}.ts`),
    {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext,
      strict: true,
      skipLibCheck: true,
      noEmit: true,
    },
  )
  const checker = program.getTypeChecker()
  const found: OptionsParameter[] = []
  const visit = (path: readonly string[], type: ts.Type): void => {
    for (const signature of type.getCallSignatures()) {
      const parameters = parametersOf(checker, signature)
      const before: ('function' | 'axis' | 'other')[] = []
      parameters.forEach((parameter, index) => {
        const members = (parameter.isUnion() ? parameter.types : [parameter]).map((member) =>
          member.flags & ts.TypeFlags.TypeParameter
            ? (checker.getBaseConstraintOfType(member) ?? member)
            : member,
        )
        const takesOptions = members.some((member) => isOptions(checker, member))
        if (takesOptions) found.push({ path, index, before: [...before] })
        before.push(takesOptions ? 'axis' : parameter.getCallSignatures().length > 0 ? 'function' : 'other')
      })
    }
  }
  for (const entry of entries) {
    const file = program.getSourceFile(`${root}src/${entry}.ts`)
    const symbol = file === undefined ? undefined : checker.getSymbolAtLocation(file)
    const walk = (path: readonly string[], module: ts.Symbol): void => {
      for (const exported of checker.getExportsOfModule(module)) {
        const target = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
        if (target.flags & ts.SymbolFlags.Module) walk([...path, exported.name], target)
        else if (target.name === 'Tensor')
          for (const method of checker.getDeclaredTypeOfSymbol(target).getProperties())
            visit([...path, 'Tensor', method.name], checker.getTypeOfSymbol(method))
        else if (target.flags & ts.SymbolFlags.Value)
          visit([...path, exported.name], checker.getTypeOfSymbol(target))
      }
    }
    if (symbol !== undefined) walk([entry], symbol)
  }
  return found
}
