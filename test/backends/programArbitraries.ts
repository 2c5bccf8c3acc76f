import type { GeneratorValue } from 'fast-check'
import fc from 'fast-check'
import { type Shape, sizeOf } from '../../src/graph/aval.js'
import { type DType, dtypes, isFloat, type TypedArray } from '../../src/graph/dtype.js'
import {
  acc,
  apply,
  compare,
  constant,
  type DynamicIndex,
  elem,
  type Expr,
  type Load,
  loopIndex,
  type ScalarOp,
  select,
} from '../../src/graph/kernel/expr.js'
import type { BufferSpec, Contract, HostRoutine, Program, Reduction, Step } from '../../src/graph/kernel/program.js'
import { type AxisMap, dense, type Guard, moveAxes, padView, type View } from '../../src/graph/kernel/view.js'
import { stored } from './interpretNaively.js'

/** A program with inputs for it. */
export type Case = { readonly program: Program; readonly inputs: readonly TypedArray[] }

type Draw = GeneratorValue

const oneOf = <T>(g: Draw, ...choices: readonly T[]): T => g(fc.constantFrom<readonly T[]>, ...choices) as T
