import type { ScalarOp } from '../../ir/expr.js'
import type { ElementLoop } from './elementLoops.js'

/** Loops over uint32, for random bits; stores wrap modulo 2³². */
export const uint32Loops: { readonly [op in ScalarOp]?: ElementLoop } = {
  add: (n, { data: y, at: o }, { data: a, at: i }, { data: b, at: j }) => {
    for (let k = 0; k < n; k++) y[o + k] = (a[i + k] + b[j + k]) | 0
  },
  mul: (n, { data: y, at: o }, { data: a, at: i }, { data: b, at: j }) => {
    for (let k = 0; k < n; k++) y[o + k] = Math.imul(a[i + k], b[j + k])
  },
  and: (n, { data: y, at: o }, { data: a, at: i }, { data: b, at: j }) => {
    for (let k = 0; k < n; k++) y[o + k] = a[i + k] & b[j + k]
  },
  or: (n, { data: y, at: o }, { data: a, at: i }, { data: b, at: j }) => {
    for (let k = 0; k < n; k++) y[o + k] = a[i + k] | b[j + k]
  },
  xor: (n, { data: y, at: o }, { data: a, at: i }, { data: b, at: j }) => {
    for (let k = 0; k < n; k++) y[o + k] = a[i + k] ^ b[j + k]
  },
  shiftLeft: (n, { data: y, at: o }, { data: a, at: i }, { data: b, at: j }) => {
    for (let k = 0; k < n; k++) y[o + k] = b[j + k] < 32 ? a[i + k] << b[j + k] : 0
  },
  shiftRightLogical: (n, { data: y, at: o }, { data: a, at: i }, { data: b, at: j }) => {
    for (let k = 0; k < n; k++) y[o + k] = b[j + k] < 32 ? a[i + k] >>> b[j + k] : 0
  },
}
