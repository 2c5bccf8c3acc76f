import { primitives } from '../../src/ops/primitives.js'
import { opTable } from './opTable/index.js'

/** Primitives that have no row, rows of no primitive, and primitives with several rows; all empty if all is well. */
export const tableGaps = (): {
  readonly missing: readonly string[]
  readonly unknown: readonly string[]
  readonly repeated: readonly string[]
} => {
  const names = opTable.map((row) => row.primitive.name)
  return {
    missing: Object.keys(primitives).filter((name) => !names.includes(name)),
    unknown: opTable.flatMap(({ primitive }) =>
      primitives[primitive.name] === primitive ? [] : [primitive.name],
    ),
    repeated: names.filter((name, i) => names.indexOf(name) !== i),
  }
}
