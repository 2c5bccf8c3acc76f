import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import { expect, it } from 'vitest'
import { decodeSafetensors } from '../../src/formats/safetensors.js'
import { nn, np, random, tree } from '../../src/index.js'
import { loadWeights, saveWeights } from '../../src/io/weightsFile.js'
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
  const loaded = await loadWeights(fixture('weights'), model.init(random.key(0)))()
  if (E.isLeft(loaded)) throw new Error(loaded.left.message)
  const { params, state } = loaded.right
  expect(state.norm.count.item()).toBe(3)
  const { x, y } = await readArrays(fixture('weightsOutputs'))
  const [got] = model.apply(params, state, np.array(x.data, { shape: x.shape }), { train: false })
  const difference = got.sub(np.array(y.data, { shape: y.shape }))
  expect(np.abs(difference).max().item()).toBeLessThan(1e-5)
})

it('what is written has the names and shapes of PyTorch’s state_dict, and is read to the bit', async () => {
  const variables = model.init(random.key(1))
  const path = join(folder(), 'w.safetensors')
  expect(await saveWeights(path, variables)()).toEqual(E.right(undefined))
  const shapes = (arrays: Awaited<ReturnType<typeof readArrays>>) =>
    Object.fromEntries(Object.entries(arrays).map(([name, a]) => [name, a.shape]))
  expect(shapes(await readArrays(path))).toEqual(shapes(await readArrays(fixture('weights'))))
  const read = await loadWeights(path, model.init(random.key(2)))()
  if (E.isLeft(read)) throw new Error(read.left.message)
  const flat = (v: typeof variables) => tree.leaves(v).map((t) => np.array(t).toArray())
  expect(flat(read.right)).toEqual(flat(variables))
})

it('another architecture is refused by the name that is missing, too many or of another shape', async () => {
  const path = fixture('weights')
  const other = (m: { init(key: ReturnType<typeof random.key>): { params: unknown; state: unknown } }) =>
    loadWeights(path, m.init(random.key(0)))()
  const without = nn.sequential({ conv: nn.conv2d(2, 3, 3, { padding: 1 }) })
  expect(await other(without)).toMatchObject(E.left({ required: 'no leaf fc.bias' }))
  const wider = nn.sequential({ conv: nn.conv2d(2, 4, 3), norm: nn.batchNorm(4), fc: nn.linear(48, 2) })
  expect(await other(wider)).toMatchObject(E.left({ required: 'conv.bias of f32[4]', got: 'f32[3]' }))
  const more = nn.sequential({ conv: nn.conv2d(2, 3, 3), fc3: nn.linear(2, 2) })
  expect(await other(more)).toMatchObject(E.left({ required: 'fc3.bias of f32[2]', got: 'none' }))
  expect(await loadWeights(join(folder(), 'absent'), model.init(random.key(0)))()).toMatchObject(
    E.left({ _tag: 'IoSystemError' }),
  )
})
