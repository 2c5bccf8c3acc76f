import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import { expect, it } from 'vitest'
import { decodeSafetensors } from '../../src/formats/safetensors.js'
import { GradError, nn, np, random, tree } from '../../src/index.js'
import { loadWeights, saveWeights, tasks } from '../../src/io.js'
import { temporaryFolder } from './temporaryFolder.js'

const folder = temporaryFolder()
const fixture = (name: string): string =>
  fileURLToPath(new URL(`../fixtures/torch/${name}.safetensors`, import.meta.url))

const model = nn.sequential({
  conv: nn.conv2d(2, 3, 3, { padding: 1 }),
  norm: nn.batchNorm(3),
  flatten: nn.flatten,
  fc: nn.linear(48, 2),
})

const readArrays = async (path: string) => {
  const read = decodeSafetensors(path, new Uint8Array(await readFile(path)))
  if (E.isLeft(read)) throw new Error(read.left.message)
  return read.right.arrays
}

it('a state_dict that PyTorch saved gives PyTorch’s outputs', async () => {
  const { params, state } = await loadWeights(fixture('weights'), model.init(random.key(0)))
  expect(state.norm.count.item()).toBe(3)
  const { x, y } = await readArrays(fixture('weightsOutputs'))
  const [got] = model.apply(params, state, np.array(x.data, { shape: x.shape }), { train: false })
  const difference = got.sub(np.array(y.data, { shape: y.shape }))
  expect(np.abs(difference).max().item()).toBeLessThan(1e-5)
})

it('what is written has the names and shapes of PyTorch’s state_dict, and is read to the bit', async () => {
  const variables = model.init(random.key(1))
  const path = join(folder(), 'w.safetensors')
  await saveWeights(path, variables)
  const shapes = (arrays: Awaited<ReturnType<typeof readArrays>>) =>
    Object.fromEntries(Object.entries(arrays).map(([name, a]) => [name, a.shape]))
  expect(shapes(await readArrays(path))).toEqual(shapes(await readArrays(fixture('weights'))))
  const read = await loadWeights(path, model.init(random.key(2)))
  const flat = (v: typeof variables) => tree.leaves(v).map((t) => np.array(t).toArray())
  expect(flat(read)).toEqual(flat(variables))
})

it('another architecture is refused by the name that is missing, too many or of another shape', async () => {
  const path = fixture('weights')
  const other = (m: { init(key: ReturnType<typeof random.key>): { params: unknown; state: unknown } }) =>
    loadWeights(path, m.init(random.key(0))).catch((fault: unknown) => fault)
  const without = nn.sequential({ conv: nn.conv2d(2, 3, 3, { padding: 1 }) })
  expect(await other(without)).toMatchObject({ required: 'no leaf fc.bias' })
  const wider = nn.sequential({ conv: nn.conv2d(2, 4, 3), norm: nn.batchNorm(4), fc: nn.linear(48, 2) })
  expect(await other(wider)).toMatchObject({ required: 'conv.bias of f32[4]', got: 'f32[3]' })
  const more = nn.sequential({ conv: nn.conv2d(2, 3, 3), fc3: nn.linear(2, 2) })
  expect(await other(more)).toMatchObject({ required: 'fc3.bias of f32[2]', got: 'none' })
  await expect(loadWeights(join(folder(), 'absent'), model.init(random.key(0)))).rejects.toMatchObject({
    _tag: 'IoSystemError',
    message: expect.stringContaining('absent: cannot read'),
  })
})

it('what a promise is rejected with is an error, and a task’s value', async () => {
  const path = join(folder(), 'absent')
  const fault = await loadWeights(path, model.init(random.key(0))).catch((e: unknown) => e)
  expect(fault).toBeInstanceOf(GradError)
  const value = await tasks.loadWeights(path, model.init(random.key(0)))()
  if (value._tag === 'Right') throw new Error('an absent file was read')
  expect(fault).toMatchObject(value.left)
})

it('parameters without their state are refused, and no file is written', async () => {
  const path = join(folder(), 'none.safetensors')
  const { params } = model.init(random.key(0))
  const wrong = params as unknown
  await expect(saveWeights(path, wrong as Parameters<typeof saveWeights>[1])).rejects.toThrow(
    /\{ params, state \} are required, got none of its params/,
  )
  await expect(readFile(path)).rejects.toThrow('ENOENT')
})
