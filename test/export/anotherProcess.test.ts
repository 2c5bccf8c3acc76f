import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
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
    await saveProgram(path, exportProgram(sample, first, n))

    const child = spawn(process.execPath, ['--import', 'tsx', script, path, output], { stdio: 'inherit' })
    const [code] = await once(child, 'close')
    expect(code).toBe(0)

    const gradient = grad((w: Tensor) => sample({ ...first, params: { w, b: null } }, n).looped[0].sum())
    const here = [...tree.leaves(sample(first, n)), gradient(first.params.w)]
    expect(here.length).toBe(9)
    expect(JSON.parse(readFileSync(output, 'utf8'))).toEqual(here.map((leaf) => bitsOf(leaf as Tensor)))
  })

  it('that is missing, or is no program, is refused', async () => {
    const path = join(folder(), 'none.safetensors')
    await expect(loadProgram(path)).rejects.toMatchObject({ _tag: 'IoSystemError', path })
    await expect(loadProgram(script)).rejects.toMatchObject({ _tag: 'IoFormatError', path: script })
    const nowhere = saveProgram(
      join(folder(), 'no', 'such'),
      exportProgram((x: Tensor) => x, np.zeros([])),
    )
    await expect(nowhere).rejects.toMatchObject({ _tag: 'IoSystemError' })
  })
})
