import { float32Bytes, float64Bytes, signed } from './encode.js'
import { atomic, binary, loads, stores, unary } from './instruction.js'
import type { Effect, Value, ValueType } from './value.js'

const ii = (text: string, code: number) => binary('i32', 'i32', 'i32', `i32.${text}`, [code])
const dd = (text: string, code: number) => binary('f64', 'f64', 'f64', `f64.${text}`, [code])

export const i32 = {
  const: (value: number): Value<'i32'> => ({
    type: 'i32',
    text: `i32.const ${value | 0}`,
    code: [0x41, ...signed(value | 0)],
    operands: [],
  }),
  eqz: unary('i32', 'i32', 'i32.eqz', [0x45]),
  eq: ii('eq', 0x46),
  ne: ii('ne', 0x47),
  ltS: ii('lt_s', 0x48),
  ltU: ii('lt_u', 0x49),
  gtS: ii('gt_s', 0x4a),
  leS: ii('le_s', 0x4c),
  leU: ii('le_u', 0x4d),
  geS: ii('ge_s', 0x4e),
  geU: ii('ge_u', 0x4f),
  add: ii('add', 0x6a),
  sub: ii('sub', 0x6b),
  mul: ii('mul', 0x6c),
  divU: ii('div_u', 0x6e),
  and: ii('and', 0x71),
  shl: ii('shl', 0x74),
  shrS: ii('shr_s', 0x75),
  shrU: ii('shr_u', 0x76),
  load: loads('i32', 'i32.load', [0x28], 2),
  load8U: loads('i32', 'i32.load8_u', [0x2d], 0),
  store: stores('i32', 'i32.store', [0x36], 2),
  store8: stores('i32', 'i32.store8', [0x3a], 0),
  truncSatF64S: unary('f64', 'i32', 'i32.trunc_sat_f64_s', [0xfc, 0x02]),
  truncSatF64U: unary('f64', 'i32', 'i32.trunc_sat_f64_u', [0xfc, 0x03]),
}

export const i64 = {
  const: (value: number): Value<'i64'> => ({
    type: 'i64',
    text: `i64.const ${value}`,
    code: [0x42, ...signed(value)],
    operands: [],
  }),
}

export const f32 = {
  const: (value: number): Value<'f32'> => ({
    type: 'f32',
    text: `f32.const ${value}`,
    code: [0x43, ...float32Bytes(value)],
    operands: [],
  }),
  demote: unary('f64', 'f32', 'f32.demote_f64', [0xb6]),
  load: loads('f32', 'f32.load', [0x2a], 2),
  store: stores('f32', 'f32.store', [0x38], 2),
}

export const f64 = {
  const: (value: number): Value<'f64'> => ({
    type: 'f64',
    text: `f64.const ${value}`,
    code: [0x44, ...float64Bytes(value)],
    operands: [],
  }),
  add: dd('add', 0xa0),
  sub: dd('sub', 0xa1),
  mul: dd('mul', 0xa2),
  promote: unary('f32', 'f64', 'f64.promote_f32', [0xbb]),
  convertI32S: unary('i32', 'f64', 'f64.convert_i32_s', [0xb7]),
  convertI32U: unary('i32', 'f64', 'f64.convert_i32_u', [0xb8]),
  load: loads('f64', 'f64.load', [0x2b], 3),
  store: stores('f64', 'f64.store', [0x39], 3),
}

/** One of two values; both are computed. */
export const select = <T extends Exclude<ValueType, 'v128'>>(
  condition: Value<'i32'>,
  whenTrue: Value<T>,
  whenFalse: Value<T>,
): Value<T> => ({
  type: whenTrue.type,
  text: 'select',
  code: [0x1b],
  operands: [whenTrue, whenFalse, condition],
})

/** Copies `bytes` bytes; the regions may overlap. */
export const copyMemory = (to: Value<'i32'>, from: Value<'i32'>, bytes: Value<'i32'>): Effect => ({
  text: 'memory.copy',
  code: [0xfc, 0x0a, 0, 0],
  operands: [to, from, bytes],
})

/** Operations on words of a shared memory, by which threads meet. */
export const atomics = {
  /**
   * 0: woken, 1: the word was another, 2: the time (ns; −1: none) was over. Give it a name at once: V8 11 loses other
   * operands that are on the stack beside it.
   */
  wait: (
    address: Value<'i32'>,
    expected: Value<'i32'>,
    nanoseconds: Value<'i64'>,
    offset = 0,
  ): Value<'i32'> => ({
    type: 'i32',
    text: `memory.atomic.wait32 offset=${offset}`,
    code: loads('i32', '', atomic(0x01), 2)(address, offset).code,
    operands: [address, expected, nanoseconds],
  }),
  /** Wakes up to `count`; gives how many. */
  notify: (address: Value<'i32'>, count: Value<'i32'>, offset = 0): Value<'i32'> => ({
    type: 'i32',
    text: `memory.atomic.notify offset=${offset}`,
    code: loads('i32', '', atomic(0x00), 2)(address, offset).code,
    operands: [address, count],
  }),
  load: loads('i32', 'i32.atomic.load', atomic(0x10), 2),
  store: stores('i32', 'i32.atomic.store', atomic(0x17), 2),
  /** Adds; gives the value before. */
  add: (address: Value<'i32'>, value: Value<'i32'>, offset = 0): Value<'i32'> => ({
    type: 'i32',
    text: `i32.atomic.rmw.add offset=${offset}`,
    code: loads('i32', '', atomic(0x1e), 2)(address, offset).code,
    operands: [address, value],
  }),
  /** Stores the replacement where the word is as expected; gives the word before. */
  compareExchange: (
    address: Value<'i32'>,
    expected: Value<'i32'>,
    replacement: Value<'i32'>,
    offset = 0,
  ): Value<'i32'> => ({
    type: 'i32',
    text: `i32.atomic.rmw.cmpxchg offset=${offset}`,
    code: loads('i32', '', atomic(0x48), 2)(address, offset).code,
    operands: [address, expected, replacement],
  }),
}
