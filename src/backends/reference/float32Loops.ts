import type { ScalarOp } from '../../ir/expr.js'
import type { ElementLoop } from './elementLoops.js'

/**
 * Loops over float32 for the operations that training spends its time on. Stores round, so nothing else
 * does. Each is written out, and met by float32 only, because the engine's code for a loop that has seen
 * two kinds of array is three times slower. Meanings are those of `scalarOp`, which the tests compare.
 */
export const float32Loops: { readonly [op in ScalarOp]?: ElementLoop } = {
  add: (n, { data: y, at: o }, { data: a, at: i }, { data: b, at: j }) => {
    for (let k = 0; k < n; k++) y[o + k] = a[i + k] + b[j + k]
  },
  sub: (n, { data: y, at: o }, { data: a, at: i }, { data: b, at: j }) => {
    for (let k = 0; k < n; k++) y[o + k] = a[i + k] - b[j + k]
  },
  mul: (n, { data: y, at: o }, { data: a, at: i }, { data: b, at: j }) => {
    for (let k = 0; k < n; k++) y[o + k] = a[i + k] * b[j + k]
  },
  div: (n, { data: y, at: o }, { data: a, at: i }, { data: b, at: j }) => {
    for (let k = 0; k < n; k++) y[o + k] = a[i + k] / b[j + k]
  },
  max: (n, { data: y, at: o }, { data: a, at: i }, { data: b, at: j }) => {
    for (let k = 0; k < n; k++) y[o + k] = Math.max(a[i + k], b[j + k])
  },
  min: (n, { data: y, at: o }, { data: a, at: i }, { data: b, at: j }) => {
    for (let k = 0; k < n; k++) y[o + k] = Math.min(a[i + k], b[j + k])
  },
  neg: (n, { data: y, at: o }, { data: a, at: i }) => {
    for (let k = 0; k < n; k++) y[o + k] = -a[i + k]
  },
  abs: (n, { data: y, at: o }, { data: a, at: i }) => {
    for (let k = 0; k < n; k++) y[o + k] = Math.abs(a[i + k])
  },
  sqrt: (n, { data: y, at: o }, { data: a, at: i }) => {
    for (let k = 0; k < n; k++) y[o + k] = Math.sqrt(a[i + k])
  },
  exp: (n, { data: y, at: o }, { data: a, at: i }) => {
    for (let k = 0; k < n; k++) y[o + k] = Math.exp(a[i + k])
  },
  log: (n, { data: y, at: o }, { data: a, at: i }) => {
    for (let k = 0; k < n; k++) y[o + k] = Math.log(a[i + k])
  },
  tanh: (n, { data: y, at: o }, { data: a, at: i }) => {
    for (let k = 0; k < n; k++) y[o + k] = Math.tanh(a[i + k])
  },
  eq: (n, { data: y, at: o }, { data: a, at: i }, { data: b, at: j }) => {
    for (let k = 0; k < n; k++) y[o + k] = a[i + k] === b[j + k] ? 1 : 0
  },
  ne: (n, { data: y, at: o }, { data: a, at: i }, { data: b, at: j }) => {
    for (let k = 0; k < n; k++) y[o + k] = a[i + k] !== b[j + k] ? 1 : 0
  },
  lt: (n, { data: y, at: o }, { data: a, at: i }, { data: b, at: j }) => {
    for (let k = 0; k < n; k++) y[o + k] = a[i + k] < b[j + k] ? 1 : 0
  },
  le: (n, { data: y, at: o }, { data: a, at: i }, { data: b, at: j }) => {
    for (let k = 0; k < n; k++) y[o + k] = a[i + k] <= b[j + k] ? 1 : 0
  },
  gt: (n, { data: y, at: o }, { data: a, at: i }, { data: b, at: j }) => {
    for (let k = 0; k < n; k++) y[o + k] = a[i + k] > b[j + k] ? 1 : 0
  },
  ge: (n, { data: y, at: o }, { data: a, at: i }, { data: b, at: j }) => {
    for (let k = 0; k < n; k++) y[o + k] = a[i + k] >= b[j + k] ? 1 : 0
  },
  select: (n, { data: y, at: o }, { data: p, at: q }, { data: a, at: i }, { data: b, at: j }) => {
    for (let k = 0; k < n; k++) y[o + k] = p[q + k] !== 0 ? a[i + k] : b[j + k]
  },
}
