export type ValueType = 'Number' | 'Integer'

/** A function that kernels call, in the part of JavaScript that gpu.js translates to every one of its languages. */
export type ScalarFunction = {
  readonly name: string
  readonly source: string
  readonly argumentTypes: readonly ValueType[]
  readonly returnType: ValueType
}

export const define = (
  name: string,
  args: readonly string[],
  body: string,
  types: { readonly arguments?: readonly ValueType[]; readonly returns?: ValueType } = {},
): ScalarFunction => ({
  name,
  source: `function ${name}(${args.join(', ')}) { ${body} }`,
  argumentTypes: types.arguments ?? args.map(() => 'Number'),
  returnType: types.returns ?? 'Number',
})

/** The body of a function that says whether a condition holds. */
export const flag = (condition: string) => `if (${condition}) { return 1; } return 0;`
