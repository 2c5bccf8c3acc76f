import type { ScalarOp } from '../../graph/kernel/expr.js'
import type { ElementLoop } from './elementLoops.js'

/** Loops over int32, for positions; stores wrap modulo 2³². */
export const int32Loops: { readonly [op in ScalarOp]?: ElementLoop } = {
  add: (n, { data: y, at: o }, { data: a, at: i }, { data: b, at: j }) => {
    for (let k = 0; k < n; k++) y[o + k] = (a[i + k] + b[j + k]) | 0
  },
  mul: (n, { data: y, at: o }, { data: a, at: i }, { data: b, at: j }) => {
    for (let k = 0; k < n; k++) y[o + k] = Math.imul(a[i + k], b[j + k])
  },
  min: (n, { data: y, at: o }, { data: a, at: i }, { data: b, at: j }) => {
    for (let k = 0; k < n; k++) y[o + k] = a[i + k] < b[j + k] ? a[i + k] : b[j + k]
  },
  eq: (n, { data: y, at: o }, { data: a, at: i }, { data: b, at: j }) => {
    for (let k = 0; k < n; k++) y[o + k] = a[i + k] === b[j + k] ? 1 : 0
  },
  select: (n, { data: y, at: o }, { data: p, at: h }, { data: a, at: i }, { data: b, at: j }) => {
    for (let k = 0; k < n; k++) y[o + k] = p[h + k] !== 0 ? a[i + k] : b[j + k]
  },
}
