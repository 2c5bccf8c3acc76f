import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { compareLeaves, flattenState, restoreState, type StateTree } from '../../src/io/stateTree.js'
import { hostArray } from '../formats/hostArrays.js'

const key = fc.string({ minLength: 1 }).filter((k) => !k.includes('.') && k !== 'data')

const { tree } = fc.letrec<{ tree: StateTree; leaf: StateTree; node: StateTree }>((tie) => ({
  leaf: fc.oneof(hostArray, fc.double(), fc.boolean(), fc.constant(null), fc.constant(undefined)),
  node: fc.oneof(
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(key, tie('tree'), { maxKeys: 3, noNullPrototype: true }),
  ),
  tree: fc.oneof({ depthSize: 'small' }, tie('leaf'), tie('node')),
}))

const scalar = (value: number): StateTree => ({ dtype: 'float32', shape: [], data: Float32Array.of(value) })

describe('flattenState', () => {
  it('names leaves by their path, keys sorted', () => {
    const leaves = flattenState({ b: [scalar(1), { w: scalar(2) }, null], a: 3, c: true, d: {}, e: [] })
    expect(Object.keys(leaves)).toEqual(['a', 'b.0', 'b.1.w', 'c'])
    expect(leaves['a']).toEqual({ dtype: 'float64', shape: [], data: Float64Array.of(3) })
    expect(leaves['c']).toEqual({ dtype: 'bool', shape: [], data: Uint8Array.of(1) })
  })

  it('refuses keys that would make two paths the same', () => {
    expect(() => flattenState({ p: { 'a.b': 1 } })).toThrow(
      'p: keys without dots are required, got "a.b". Rename it.',
    )
    expect(() => flattenState({ '': 1 })).toThrow('the tree: keys without dots are required, got "".')
  })

  it('refuses arrays whose data do not fit', () => {
    const bad = { dtype: 'float32', shape: [2], data: Float32Array.of(1) } as const
    expect(() => flattenState({ w: bad })).toThrow('w: 2 elements are required for f32[2], got 1.')
  })
})

describe('restoreState', () => {
  it('gives back the tree that was flattened', () => {
    fc.assert(
      fc.property(tree, (t) => {
        expect(restoreState(t, flattenState(t))).toEqual(t)
      }),
    )
  })
})

describe('compareLeaves', () => {
  const f32 = (...shape: number[]) => ({ dtype: 'float32', shape }) as const
  const compare = (required: Parameters<typeof compareLeaves>[0], got: Parameters<typeof compareLeaves>[0]) =>
    compareLeaves(required, got)

  it('accepts equal types, whatever their order', () => {
    expect(compare({ a: f32(1), b: f32(2, 3) }, { b: f32(2, 3), a: f32(1) })).toEqual(E.right(undefined))
  })

  it('names the first leaf that is missing, different, or too many', () => {
    expect(compare({ a: f32(1) }, {})).toEqual(E.left({ required: 'a of f32[1]', got: 'none' }))
    expect(compare({ a: f32(1) }, { a: f32(2) })).toEqual(E.left({ required: 'a of f32[1]', got: 'f32[2]' }))
    expect(compare({ a: f32(1) }, { a: { dtype: 'int32', shape: [1] } })).toEqual(
      E.left({ required: 'a of f32[1]', got: 'i32[1]' }),
    )
    expect(compare({}, { a: f32() })).toEqual(E.left({ required: 'no leaf a', got: 'f32[]' }))
  })
})
