import type { DType } from '../../../src/ir/dtype.js'
import { requireWithin, Violation } from '../closeness.js'
import type { Law } from '../law.js'
import { operation, type Row } from '../opTable/row.js'
import { toPlain, toTensor } from '../plain.js'
import { anyTrials, edgeTrials, formatTrial, type Trial } from '../trials.js'

const ulpsOf = (row: Row, dtype: DType): number => row.ulps[dtype === 'float32' ? 'float32' : 'float64']

const compareWithOracle = (row: Row, { at: { params, operands } }: Trial): number => {
  const want = row.oracle(operands, params)
  const got = operation(row, params)(...operands.map(toTensor)).map(toPlain)
  return want.reduce(
    (worst, w, i) =>
      Math.max(worst, requireWithin(`result ${i}`, got[i], w, ulpsOf(row, w.dtype), w.scale ?? w.data)),
    0,
  )
}

export const values: Law<Trial> = {
  name: 'values',
  statement: 'values are those of an independent oracle',
  exception: () => null,
  trials: anyTrials,
  format: formatTrial,
  check: compareWithOracle,
}

export const edgeValues: Law<Trial> = {
  name: 'edgeValues',
  statement: 'NaN, ±Inf, ±0 and the ends of the range come out as the oracle says, the sign of zero included',
  exception: (row, dtype) => {
    const edges = row.edges(dtype)
    return typeof edges === 'string' ? edges : null
  },
  trials: edgeTrials,
  format: formatTrial,
  check: (row, trial) => {
    const worst = compareWithOracle(row, trial)
    const { params, operands } = trial.at
    const got = operation(row, params)(...operands.map(toTensor)).map(toPlain)
    row.oracle(operands, params).forEach((w, k) => {
      w.data.forEach((x, i) => {
        if (x === 0 && got[k].data[i] === 0 && !Object.is(got[k].data[i], x))
          throw new Violation(
            `result ${k}: ${Object.is(x, -0) ? '-0' : '0'} is required at ${i}, got the other zero`,
          )
      })
    })
    return worst
  },
}
