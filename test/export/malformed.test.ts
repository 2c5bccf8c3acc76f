import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { exportProgram, importProgram } from '../../src/export.js'
import { crc32 } from '../../src/formats/crc32.js'
import { encodeSafetensors } from '../../src/formats/safetensors.js'
import { cond, graphKey, np, type Tensor, tree } from '../../src/index.js'
import { forge, forgeProgram, partsOfFile } from './forge.js'

const weights = np.array([1, 2, 3])
const program = exportProgram(
  ({ x }: { x: Tensor }) =>
    cond(
      x.sum().greater(0),
      (y: Tensor) => y.mul(weights),
      (y: Tensor) => np.cumsum(y),
      x,
    ),
  { x: np.zeros([3]) },
)
const bytes = program.toBytes()

/** Refused by value, in one line; the line. */
const refusal = (changed: Uint8Array): string => {
  const loaded = importProgram(changed, 'p')
  if (E.isRight(loaded)) throw new Error('a refusal was expected')
  expect(loaded.left._tag).toBe('IoFormatError')
  expect(loaded.left.message).toMatch(/^p: [^\n]+ was required, got [^\n]+[.?]$/)
  return loaded.left.message
}

type Json = Record<string, unknown>
const graphOf = (p: Json): Json => p['graph'] as Json
const equations = (p: Json): Json[] => graphOf(p)['eqns'] as Json[]
const branching = (p: Json): Json => equations(p).find((e) => e['primitive'] === 'cond') as Json
const branches = (p: Json): Json[] =>
  ((branching(p)['params'] as Json)['branches'] as { graph: Json }[]).map((b) => b.graph)

describe('bytes that are no program', () => {
  it('the sum is that of gzip and PNG', () => {
    expect(crc32([new TextEncoder().encode('1234'), new TextEncoder().encode('56789')])).toBe(0xcbf43926)
  })

  it('cut short anywhere, or made longer, are refused', () => {
    for (let length = 0; length < bytes.length; length++) refusal(bytes.subarray(0, length))
    refusal(Uint8Array.from([...bytes, 0]))
  })

  it('with any bit changed are refused, or mean the same', () => {
    const key = graphKey(program.content.graph)
    for (let at = 0; at < bytes.length; at++) {
      for (const bit of [1, 8, 32]) {
        const changed = Uint8Array.from(bytes)
        changed[at] ^= bit
        const loaded = importProgram(changed)
        if (E.isLeft(loaded)) expect(loaded.left.message).not.toMatch(/\n/)
        else {
          expect(graphKey(loaded.right.content.graph)).toBe(key)
          expect(loaded.right.content.constants[0].read()).toEqual(weights.dataSync())
        }
      }
    }
  })

  it('of any kind are refused, not thrown on', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (any) => {
        expect(importProgram(any)._tag).toBe('Left')
      }),
    )
  })

  it('other safetensors files, other versions and unknown keys are refused by name', () => {
    const file = partsOfFile(bytes)
    const meta = (metadata: { readonly [key: string]: string }) =>
      refusal(forge({ ...file, metadata: { ...file.metadata, ...metadata } }))
    expect(refusal(encodeSafetensors({ arrays: file.arrays, metadata: {} }))).toMatch(/format.*nothing/)
    expect(meta({ format: 'grad-ts checkpoint' })).toMatch(/checkpoint.*file of a program\?/)
    expect(meta({ version: '2', program: '?', soul: 'new' })).toMatch(
      /version: "1".*got "2".*Another version/,
    )
    expect(meta({ soul: 'new' })).toMatch(/soul/)
    expect(meta({ program: '{' })).toMatch(/JSON/)
    expect(meta({ program: 'null' })).toMatch(/Program/)
  })

  it('constants that are missing, of other names or types are refused', () => {
    const file = partsOfFile(bytes)
    const [constant] = Object.values(file.arrays)
    const arrays = (next: typeof file.arrays) => refusal(forge({ ...file, arrays: next }))
    expect(arrays({})).toMatch(/inputs/)
    expect(arrays({ weights: constant })).toMatch(/constant\.0/)
    expect(arrays({ 'constant.0': constant, 'constant.1': constant })).toMatch(/inputs/)
    expect(arrays({ 'constant.0': { dtype: 'float32', shape: [2], data: new Float32Array(2) } })).toMatch(
      /constant\.0 of f32\[3\].*got f32\[2\]/,
    )
    expect(arrays({ 'constant.0': { dtype: 'int32', shape: [3], data: new Int32Array(3) } })).toMatch(/i32/)
  })

  it.each<readonly [string, (p: Json) => void, RegExp]>([
    ['an unknown key', (p) => (p['soul'] = 1), /soul/],
    ['a key less', (p) => delete p['results'], /results/],
    ['arguments that are no list', (p) => (p['arguments'] = '*'), /list of arguments/],
    ['a structure of no kind', (p) => (p['results'] = { tuple: [] }), /results/],
    ['a structure with an unknown key', (p) => (p['results'] = { array: ['*'], colour: 1 }), /results/],
    [
      'keys out of order',
      (p) =>
        (p['results'] = {
          object: [
            ['b', '*'],
            ['a', '*'],
          ],
        }),
      /keys in order.*a after b/,
    ],
    [
      'one key twice',
      (p) =>
        (p['results'] = {
          object: [
            ['a', '*'],
            ['a', '*'],
          ],
        }),
      /keys in order/,
    ],
    ['more results', (p) => (p['results'] = { array: ['*', '*'] }), /inputs.*outputs/],
    [
      'a class of another process',
      (p) => (p['results'] = { custom: 'Alien', aux: '', children: ['*'] }),
      /Alien/,
    ],
    ['an unknown operation', (p) => (equations(p)[0]['primitive'] = 'teleport'), /teleport/],
    ['a graph of the future', (p) => (graphOf(p)['version'] = 2), /version/],
    ['a branch of the future', (p) => (branches(p)[0]['version'] = 2), /version 1/],
    ['a branch that lacks an output', (p) => (branches(p)[0]['outputs'] = []), /cond|output/],
    ['code in the place of a word', (p) => ((branching(p)['params'] as Json)['mode'] = 'x];exit()'), /word/],
    [
      'half an element',
      (p) => (graphOf(p)['inputs'] = [{ shape: [0.5], dtype: 'float32', weakType: false }]),
      /whole number/,
    ],
    [
      'a negative size',
      (p) => (graphOf(p)['inputs'] = [{ shape: [-1], dtype: 'float32', weakType: false }]),
      /whole/,
    ],
    ['no equations', (p) => (graphOf(p)['eqns'] = []), /bound/],
  ])('with a sum that is right, but %s, is refused', (_what, change, why) => {
    expect(refusal(forgeProgram(bytes, change))).toMatch(why)
  })

  it('with a tree deeper than the stack is refused', () => {
    const file = partsOfFile(bytes)
    const deep = `${'{"array":['.repeat(50_000)}"*"${']}'.repeat(50_000)}`
    const text = file.metadata['program'].replace('"results":"*"', `"results":${deep}`)
    expect(text.length).toBeGreaterThan(100_000)
    expect(refusal(forge({ ...file, metadata: { ...file.metadata, program: text } }))).toMatch(/depth/)
  })

  it('a class is found by its name where it is registered', () => {
    class Passing {
      constructor(readonly x: unknown) {}
    }
    tree.registerNode(
      Passing,
      (p) => ({ children: [p.x], aux: '' }),
      ([x]) => new Passing(x),
    )
    const passed = exportProgram((p: Passing) => p, new Passing(np.array(1))).toBytes()
    expect(importProgram(passed)._tag).toBe('Right')
    expect(
      refusal(forgeProgram(passed, (p) => (p['results'] = { custom: 'Missing', aux: '', children: ['*'] }))),
    ).toMatch(/a registered class.*Missing/)
  })
})
