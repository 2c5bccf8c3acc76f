/**
 * Checks of data from outside a program: io-ts codecs of records that refuse unknown keys by name, their errors in words, and the
 * options of functions.
 */
export { closed, closedPartial } from '../formats/closedRecord.js'
export { type DecodeProblem, firstProblem, problemRequirement } from '../formats/decodeProblem.js'
export { optionsOf } from '../graph/options.js'
