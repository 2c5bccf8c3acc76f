import { unsigned } from './encode.js'
import type { Effect, Value, ValueType } from './value.js'

/** Opcode of the SIMD instructions: a prefix and a number. */
export const simd = (number: number): number[] => [0xfd, ...unsigned(number)]

/** Opcode of the atomic ones. */
export const atomic = (number: number): number[] => [0xfe, ...unsigned(number)]

export const unary =
  <A extends ValueType, R extends ValueType>(_operand: A, type: R, text: string, code: readonly number[]) =>
  (a: Value<A>): Value<R> => ({ type, text, code, operands: [a] })

export const binary =
  <A extends ValueType, B extends ValueType, R extends ValueType>(
    _left: A,
    _right: B,
    type: R,
    text: string,
    code: readonly number[],
  ) =>
  (a: Value<A>, b: Value<B>): Value<R> => ({ type, text, code, operands: [a, b] })

/** Where in memory: an address and a number of bytes beyond it. */
const place = (log2Align: number, offset: number): number[] => [...unsigned(log2Align), ...unsigned(offset)]

export const loads =
  <R extends ValueType>(type: R, text: string, code: readonly number[], log2Align: number) =>
  (address: Value<'i32'>, offset = 0): Value<R> => ({
    type,
    text: `${text} offset=${offset}`,
    code: [...code, ...place(log2Align, offset)],
    operands: [address],
  })

export const stores =
  <A extends ValueType>(_type: A, text: string, code: readonly number[], log2Align: number) =>
  (address: Value<'i32'>, value: Value<A>, offset = 0): Effect => ({
    text: `${text} offset=${offset}`,
    code: [...code, ...place(log2Align, offset)],
    operands: [address, value],
  })

/** A vector with one lane loaded. */
export const loadsLane =
  (text: string, code: readonly number[], log2Align: number) =>
  (address: Value<'i32'>, vector: Value<'v128'>, lane: number, offset = 0): Value<'v128'> => ({
    type: 'v128',
    text: `${text} offset=${offset} ${lane}`,
    code: [...code, ...place(log2Align, offset), lane],
    operands: [address, vector],
  })

export const storesLane =
  (text: string, code: readonly number[], log2Align: number) =>
  (address: Value<'i32'>, vector: Value<'v128'>, lane: number, offset = 0): Effect => ({
    text: `${text} offset=${offset} ${lane}`,
    code: [...code, ...place(log2Align, offset), lane],
    operands: [address, vector],
  })
