import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { examplesOfCheckout, examplesOfMarkdown, examplesOfSource } from './docExamples/extract.js'
import { type Import, runExample } from './docExamples/run.js'

const load: Import = (specifier) => import(specifier)

// what examples write is in a folder of its own
const before = process.cwd()
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'grad-ts-examples-'))
  process.chdir(folder)
})
afterAll(() => {
  process.chdir(before)
  rmSync(folder, { recursive: true })
})

for (const example of examplesOfCheckout(fileURLToPath(new URL('..', import.meta.url))))
  it(`example at ${example.file}:${example.line}`, () => runExample(example, load))

describe('the runner of examples', () => {
  const library = { twice: (x: number) => 2 * x, tensor: { toArray: () => [new Float32Array([1, 0.1])] } }
  const fake: Import = async (specifier) => (specifier === 'grad-ts' ? library : import(specifier))
  const run = (code: string): Promise<void> => runExample({ file: 'f.ts', line: 10, code }, fake)

  it.each([
    ['a number', 'twice(2) // => 4'],
    ['a rounded number', 'Math.PI // => 3.142'],
    ['an explicit import', "import { twice as d } from 'grad-ts'\nd(3) // => 6"],
    ['a module of Node', "import { sep } from 'node:path'\nsep.length // => 1"],
    ['a module beside the library', "import { sep } from 'node:path'\ntwice(sep.length) // => 2"],
    ['a name that the example imports', "import { sep as twice } from 'node:path'\ntwice.length // => 1"],
    ['a declaration', 'const y: number = twice(2) // => 4'],
    ['a tensor', 'tensor // => [[1, 0.1]]'],
    ['an object', '({ a: [1, -2], b: tensor, c: NaN }) // => { a: [1, -2], b: [[1, 0.1]], c: NaN }'],
    ['a promise', 'Promise.resolve(null) // => null'],
    ['top-level await', 'const z = await Promise.resolve(1)\nz // => 1'],
    ['printed text', "'line one\\n  line two'\n// => line one\n//      line two"],
    ['console.log', "console.log('x') // => 'x'"],
    ['an error', "(() => { throw new RangeError('too far') })() // => throws RangeError: far"],
    ['a name that the example declares', 'const twice = (x: number) => x\ntwice(2) // => 2'],
    ['two expectations in a row', 'twice(1) // => 2\ntwice(2) // => 4'],
  ])('accepts %s', async (_name, code) => {
    await run(code)
  })

  it.each([
    ['a wrong number', 'twice(2) // => 5', 'f.ts:10: expected 5, got 4'],
    ['a number off in the sixth digit', 'twice(0.5000051) // => 1', 'expected 1'],
    ['a wrongly rounded number', 'Math.PI // => 3.141', 'expected 3.141'],
    ['a wrong second line', 'twice(1) // => 2\n\ntwice(2) // => 2', 'f.ts:12: expected 2, got 4'],
    ['a missing element', 'tensor // => [[1]]', 'expected [[1]]'],
    ['a missing key', '({ a: 1, b: 2 }) // => { a: 1 }', 'expected { a: 1 }'],
    ['a sign', '-twice(1) // => 2', 'expected 2'],
    ['wrong text', "'seen' // => unseen", 'expected unseen'],
    ['no error', 'twice(1) // => throws RangeError', 'got no error'],
    ['another error', 'null!.x // => throws RangeError', 'got TypeError'],
    ['an expectation that nothing checks', 'if (true) {\n  twice(1) // => 2\n}', '1 of 1 "// =>"'],
    ['a syntax error', 'const = 1', 'f.ts:10'],
    ['an unknown name', 'thrice(1)', 'thrice is not defined'],
    ['a missing import', "import { tensor } from 'grad-ts'\ntwice(1)", 'twice is not defined'],
    ['an exception', "throw new Error('boom')", 'boom'],
  ])('rejects %s', async (_name, code, message) => {
    await expect(run(code)).rejects.toThrow(message)
  })

  it('finds the ts blocks of @example, and where they are', () => {
    const source = [
      '/** One line. */',
      '/**',
      ' * Doubles.',
      ' * ```ts',
      ' * not.an.example',
      ' * ```',
      ' * @example',
      ' * ```ts',
      ' * twice(1)',
      ' *   .toFixed()',
      ' * ```',
      ' * @see elsewhere',
      ' */',
    ].join('\n')
    expect(examplesOfSource('a.ts', source)).toEqual([
      { file: 'a.ts', line: 9, code: 'twice(1)\n  .toFixed()' },
    ])
  })

  it('finds the blocks of a page that are marked as runnable', () => {
    const page = '# Title\n```ts\nno\n```\n```ts runnable\nyes\n```\n'
    expect(examplesOfMarkdown('p.md', page)).toEqual([{ file: 'p.md', line: 6, code: 'yes' }])
    expect(() => examplesOfMarkdown('p.md', '```ts runnable\nopen')).toThrow('never closed')
  })
})
