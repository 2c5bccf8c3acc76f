import { GradError } from '../graph/errors.js'
import type { PrimitiveTable } from '../graph/serialize.js'

let known: PrimitiveTable | null = null

/** Says which primitives a program that is read may name. @internal */
export const registerPrimitives = (table: PrimitiveTable): void => {
  known = table
}

export const knownPrimitives = (): PrimitiveTable => {
  if (known === null)
    throw new GradError(
      'importProgram: a table of primitives is required, got none. Import the library by its main entry.',
    )
  return known
}
