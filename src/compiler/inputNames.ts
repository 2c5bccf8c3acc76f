/** Text up to the comma or the parenthesis that ends a parameter, brackets inside it skipped. */
const parametersOf = (source: string): readonly string[] => {
  const arrow = /^(?:async\s+)?([\w$]+)\s*=>/.exec(source)
  if (arrow !== null) return [arrow[1]]
  const parts = ['']
  let depth = 0
  for (const c of source.slice(source.indexOf('(') + 1)) {
    if (depth === 0 && c === ')') break
    if ('([{'.includes(c)) depth++
    if (')]}'.includes(c)) depth--
    if (depth === 0 && c === ',') parts.push('')
    else parts[parts.length - 1] += c
  }
  return parts
}

/**
 * Names of a traced function's inputs, as its author has them: `p.w` is leaf `w` of its parameter `p`. `paths` begin with the place of an
 * argument, and are `null` for captured tensors. Where a parameter has no name, as in `({ w }) => …`, it is `argument 0`.
 */
export const inputNames = (source: string, paths: readonly (string | null)[]): readonly string[] => {
  const names = parametersOf(source).map((part) => /^\s*([\w$]+)\s*(?:=|$)/.exec(part)?.[1])
  let captured = 0
  return paths.map((path) => {
    if (path === null) return `captured ${captured++}`
    const [place, ...rest] = path.split('.')
    return [names[Number(place)] ?? `argument ${place}`, ...rest].join('.')
  })
}
