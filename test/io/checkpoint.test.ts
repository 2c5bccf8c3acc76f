import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import type { Checkpoint, CheckpointState } from '../../src/io/checkpoint.js'
import { loadCheckpoint, readManifest } from '../../src/io/loadCheckpoint.js'
import { saveCheckpoint } from '../../src/io/saveCheckpoint.js'
import { hostArray } from '../formats/hostArrays.js'
import { temporaryFolder } from './temporaryFolder.js'

const stateOf = (value: number) => ({
  params: [
    { weight: { dtype: 'float32', shape: [2, 3], data: new Float32Array(6).fill(value) } as const },
    null,
  ],
  optimizer: {
    count: value,
    moments: { dtype: 'float64', shape: [1], data: Float64Array.of(value) } as const,
  },
  key: { dtype: 'uint32', shape: [2], data: Uint32Array.of(0, value) } as const,
})

const checkpointOf = (value: number): Checkpoint<ReturnType<typeof stateOf>> => ({
  model: 'mlp',
  counters: { step: value, epoch: 0 },
  config: { lr: 0.001, seed: 0 },
  state: stateOf(value),
  series: { loss: Float64Array.from({ length: value }, (_, i) => (i === 1 ? Number.NaN : 1 / (i + 1))) },
})

const folder = temporaryFolder()
const load = (): Promise<E.Either<{ message: string }, unknown>> =>
  loadCheckpoint(folder(), 'mlp', stateOf(0))()
const arraysPath = async (): Promise<string> => {
  const name = (await readdir(folder())).find((n) => n.startsWith('arrays-'))
  return join(folder(), name ?? 'none')
}
const manifestPath = (): string => join(folder(), 'manifest.json')

const refusal = async (result = load()): Promise<string> => {
  const loaded = await result
  if (E.isRight(loaded)) throw new Error('a refusal was expected')
  expect(loaded.left.message).not.toContain('\n')
  return loaded.left.message.slice(folder().length + 1)
}

const save = async (value: number): Promise<void> => {
  expect(await saveCheckpoint(folder(), checkpointOf(value))()).toEqual(E.right(undefined))
}

describe('saveCheckpoint, loadCheckpoint', () => {
  it('brings back state, counters, configuration and series', async () => {
    await save(3)
    expect(await load()).toEqual(E.right(checkpointOf(3)))
    expect(await readManifest(folder())()).toMatchObject(
      E.right({ model: 'mlp', config: { lr: 0.001, seed: 0 } }),
    )
  })

  it('brings back any arrays, bit for bit', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(hostArray, { maxLength: 4 }), fc.float64Array(), async (params, loss) => {
        const checkpoint = { ...checkpointOf(1), state: { params }, series: { loss } }
        await saveCheckpoint(folder(), checkpoint)()
        expect(await loadCheckpoint(folder(), 'mlp', { params })()).toEqual(E.right(checkpoint))
      }),
      { numRuns: 30 },
    )
  })

  it('replaces an older checkpoint and keeps two files', async () => {
    await save(3)
    await save(4)
    await writeFile(join(folder(), 'manifest.json.1-aa.tmp'), 'half')
    await writeFile(join(folder(), 'notes.txt'), 'mine')
    await save(4)
    expect(await load()).toEqual(E.right(checkpointOf(4)))
    expect((await readdir(folder())).map((n) => n.replace(/-[0-9a-f]{16}/, '-#'))).toEqual([
      'arrays-#.safetensors',
      'manifest.json',
      'notes.txt',
    ])
  })

  it('keeps the old checkpoint when it stops before the manifest is renamed', async () => {
    await save(3)
    await writeFile(join(folder(), 'arrays-0000000000000000.safetensors'), 'new arrays, no manifest yet')
    await writeFile(join(folder(), 'manifest.json.1-aa.tmp'), '{"half')
    expect(await load()).toEqual(E.right(checkpointOf(3)))
  })

  it('refuses state that it could not give back', () => {
    const withState = (state: CheckpointState) => () =>
      saveCheckpoint(folder(), { ...checkpointOf(1), state })
    expect(withState({ series: 1 })).toThrow('series')
    expect(withState({ 'a.b': 1 })).toThrow('keys without dots')
  })
})

describe('loadCheckpoint', () => {
  it('refuses another model, by name', async () => {
    await save(1)
    expect(await refusal(loadCheckpoint(folder(), 'cnn', stateOf(0))())).toBe(
      'manifest.json: a checkpoint of cnn was required, got one of mlp. Name another checkpoint.',
    )
  })

  it('refuses other shapes and paths', async () => {
    await save(1)
    const wide = {
      ...stateOf(0),
      params: [{ weight: { dtype: 'float32', shape: [4, 3], data: new Float32Array(12) } as const }],
    }
    expect(await refusal(loadCheckpoint(folder(), 'mlp', wide)())).toBe(
      'manifest.json: params.0.weight of f32[4,3] was required, got f32[2,3]. ' +
        'It is of another model; build the model that it was saved from.',
    )
    expect(await refusal(loadCheckpoint(folder(), 'mlp', { ...stateOf(0), ema: 1 })())).toContain(
      'ema of f64[] was required, got none',
    )
    const { key: _, ...fewer } = stateOf(0)
    expect(await refusal(loadCheckpoint(folder(), 'mlp', fewer)())).toContain(
      'no leaf key was required, got u32[2]',
    )
  })

  it('refuses an unknown version, and says why', async () => {
    await save(1)
    const text = await readFile(manifestPath(), 'utf8')
    await writeFile(manifestPath(), text.replace('"version": 1', '"version": 2'))
    expect(await refusal()).toBe(
      'manifest.json: version: 1 was required, got 2. Another version of grad-ts wrote it; use that one.',
    )
  })

  it('refuses a folder without a checkpoint', async () => {
    expect(await refusal()).toMatch(
      /^manifest\.json: cannot read \(ENOENT.*\)\. Is this the folder of a checkpoint\?$/,
    )
  })

  it('refuses a missing arrays file', async () => {
    await save(1)
    await rm(await arraysPath())
    expect(await refusal()).toMatch(/^arrays-.*: cannot read \(ENOENT.*\)\. The checkpoint is damaged/)
  })

  it('refuses arrays with any byte changed, cut or added', async () => {
    await save(2)
    const path = await arraysPath()
    const bytes = await readFile(path)
    for (let at = 0; at < bytes.length; at += 7) {
      const changed = Uint8Array.from(bytes)
      changed[at] ^= 1
      await writeFile(path, changed)
      expect(await refusal()).toMatch(
        /SHA-256 [0-9a-f]{64} was required, got [0-9a-f]{64}\. The checkpoint is damaged/,
      )
    }
    await writeFile(path, bytes.subarray(0, -1))
    expect(await refusal()).toContain(`${bytes.length} bytes was required, got ${bytes.length - 1}.`)
  })

  it('refuses a manifest with any letter or digit changed, or cut short', async () => {
    await save(2)
    const text = await readFile(manifestPath(), 'utf8')
    for (let at = 0; at < text.length - 1; at += 3) {
      if (text[at].trim() === '') continue
      await writeFile(
        manifestPath(),
        `${text.slice(0, at)}${text[at] === '1' ? '2' : '1'}${text.slice(at + 1)}`,
      )
      expect(await refusal()).toMatch(/^manifest\.json: .* was required, got .*\./)
    }
    await writeFile(manifestPath(), text.slice(0, text.length / 2))
    expect(await refusal()).toBe(
      'manifest.json: JSON was required, got other text. The checkpoint is damaged; use another.',
    )
  })

  it('never reads outside its folder', async () => {
    await save(1)
    const text = await readFile(manifestPath(), 'utf8')
    await writeFile(manifestPath(), text.replace(/"file": "[^"]*"/, '"file": "../../etc/passwd"'))
    expect(await refusal()).toContain(
      'arrays.file: a name like arrays-0123456789abcdef.safetensors was required',
    )
  })
})
