import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { exportProgram } from '../../src/export.js'
import { grad, np, type Tensor, tree } from '../../src/index.js'
import { loadProgram, saveProgram } from '../../src/io.js'
import { temporaryFolder } from '../io/temporaryFolder.js'
import { bitsOf } from './bits.js'
import { sample, sampleArguments } from './sampleProgram.js'

const script = fileURLToPath(new URL('./runProgram.ts', import.meta.url))

describe('a program in a file', () => {
  const folder = temporaryFolder()

  it('runs in a process that has not the code it was made of, to the same bits', async () => {
    const path = join(folder(), 'sample.safetensors')
    const output = join(folder(), 'bits.json')
    const [first, n] = sampleArguments()
    const saved = await saveProgram(path, exportProgram(sample, first, n))()
    expect(E.isRight(saved)).toBe(true)

    const child = spawn(process.execPath, ['--import', 'tsx', script, path, output], { stdio: 'inherit' })
    const [code] = await once(child, 'close')
    expect(code).toBe(0)

    const gradient = grad((w: Tensor) => sample({ ...first, params: { w, b: null } }, n).looped[0].sum())
    const here = [...tree.leaves(sample(first, n)), gradient(first.params.w)]
    expect(here.length).toBe(9)
    expect(JSON.parse(readFileSync(output, 'utf8'))).toEqual(here.map((leaf) => bitsOf(leaf as Tensor)))
  })

  it('that is missing, or is no program, is a value', async () => {
    const path = join(folder(), 'none.safetensors')
    const missing = await loadProgram(path)()
    expect(missing).toMatchObject({ _tag: 'Left', left: { _tag: 'IoSystemError', path } })
    const other = await loadProgram(script)()
    expect(other).toMatchObject({ _tag: 'Left', left: { _tag: 'IoFormatError', path: script } })
    const nowhere = await saveProgram(
      join(folder(), 'no', 'such'),
      exportProgram((x: Tensor) => x, np.zeros([])),
    )()
    expect(nowhere).toMatchObject({ _tag: 'Left', left: { _tag: 'IoSystemError' } })
  })
})
