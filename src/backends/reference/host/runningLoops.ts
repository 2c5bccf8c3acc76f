import type { TypedArray } from '../../../ir/dtype.js'
import type { HostRoutine } from '../../../ir/program.js'
import type { ScalarFunction } from '../../../ir/scalarFunctions.js'

/** Combines rows, from `from` on, with the running values, and writes these after each. */
type Run = (
  x: TypedArray,
  out: TypedArray,
  from: number,
  step: number,
  length: number,
  running: Float64Array,
) => void

/** `along`: rows are of one element. */
export type RunningLoops = { readonly along: Run; readonly across: Run }

/** Loops for any function of two numbers. */
export const runningLoopsOf = (combine: ScalarFunction): RunningLoops => ({
  along: (x, out, from, step, length, running) => {
    let joined = running[0]
    for (let t = 0, at = from; t < length; t++, at += step) {
      joined = combine(joined, x[at], 0)
      out[at] = joined
    }
  },
  across: (x, out, from, step, length, running) => {
    const size = running.length
    for (let t = 0, at = from; t < length; t++, at += step)
      for (let i = 0; i < size; i++) {
        const next = combine(running[i], x[at + i], 0)
        running[i] = next
        out[at + i] = next
      }
  },
})

/**
 * In double precision. Each is written out: loops that call one of several functions are not compiled to its
 * instruction, and take seven times as long.
 */
export const doubleLoops: Readonly<
  Record<Extract<HostRoutine, { routine: 'cumulative' }>['op'], RunningLoops>
> = {
  add: {
    along: (x, out, from, step, length, running) => {
      let sum = running[0]
      for (let t = 0, at = from; t < length; t++, at += step) out[at] = sum += x[at]
    },
    across: (x, out, from, step, length, running) => {
      const size = running.length
      for (let t = 0, at = from; t < length; t++, at += step)
        for (let i = 0; i < size; i++) out[at + i] = running[i] += x[at + i]
    },
  },
  mul: {
    along: (x, out, from, step, length, running) => {
      let product = running[0]
      for (let t = 0, at = from; t < length; t++, at += step) out[at] = product *= x[at]
    },
    across: (x, out, from, step, length, running) => {
      const size = running.length
      for (let t = 0, at = from; t < length; t++, at += step)
        for (let i = 0; i < size; i++) out[at + i] = running[i] *= x[at + i]
    },
  },
  max: {
    along: (x, out, from, step, length, running) => {
      let most = running[0]
      for (let t = 0, at = from; t < length; t++, at += step) {
        most = Math.max(most, x[at])
        out[at] = most
      }
    },
    across: (x, out, from, step, length, running) => {
      const size = running.length
      for (let t = 0, at = from; t < length; t++, at += step)
        for (let i = 0; i < size; i++) out[at + i] = running[i] = Math.max(running[i], x[at + i])
    },
  },
  min: {
    along: (x, out, from, step, length, running) => {
      let least = running[0]
      for (let t = 0, at = from; t < length; t++, at += step) {
        least = Math.min(least, x[at])
        out[at] = least
      }
    },
    across: (x, out, from, step, length, running) => {
      const size = running.length
      for (let t = 0, at = from; t < length; t++, at += step)
        for (let i = 0; i < size; i++) out[at + i] = running[i] = Math.min(running[i], x[at + i])
    },
  },
}
