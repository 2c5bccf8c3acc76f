import type { ScalarOp } from '../../graph/kernel/expr.js'
import type { ElementLoop } from './elementLoops.js'

/** Loops over truth values, which are 0 or 1. */
export const boolLoops: { readonly [op in ScalarOp]?: ElementLoop } = {
  and: (n, { data: y, at: o }, { data: a, at: i }, { data: b, at: j }) => {
    for (let k = 0; k < n; k++) y[o + k] = a[i + k] & b[j + k]
  },
  or: (n, { data: y, at: o }, { data: a, at: i }, { data: b, at: j }) => {
    for (let k = 0; k < n; k++) y[o + k] = a[i + k] | b[j + k]
  },
}
