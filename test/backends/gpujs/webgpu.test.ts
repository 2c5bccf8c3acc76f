import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import * as gradTs from '../../../src/index.js'
import type { DType } from '../../../src/ir/dtype.js'
import { differences } from '../../browser/comparisons.js'
import { build, packageFolder } from '../../builtPackages.js'
import { opTable } from '../../laws/opTable/index.js'
import { agreesWithReference, valuesAgree } from '../deviceLaws.js'
import { programsAgree } from '../devicePrograms.js'
import { describeOn } from './describeOn.js'

const { jit, nn, np, random, setDefaultBackend, tree, valueAndGrad } = gradTs

const webgpu = 'gpujs:webgpu'
const dtypes: readonly DType[] = ['float32', 'int32', 'uint32', 'bool']

/** Of 1 + the largest magnitude. */
const tolerance = 1e-5

/** Programs of some ten operations; each compiles dozens of kernels. */
const count = 5

const describeOnWebgpu = await describeOn(webgpu, 'GRAD_TS_REQUIRE_WEBGPU')

describeOnWebgpu('on WebGPU in Node, as on the reference', () => {
  for (const row of opTable)
    it(row.primitive.name, async () => {
      for (const dtype of dtypes.filter((d) => row.dtypes.includes(d))) {
        await valuesAgree(row, dtype, webgpu, { flushes: true }, 0)
        expect(await agreesWithReference(row, dtype, webgpu, tolerance, 0)).toBeLessThanOrEqual(tolerance)
      }
    })

  it('random programs and their gradients', async () => {
    expect(await programsAgree(webgpu, count, 0)).toBeGreaterThan(count)
  }, 180_000)

  it('functions, special values, control flow, gradients', async () => {
    expect(await differences(gradTs, webgpu)).toEqual([])
  })
})

describeOnWebgpu('WebGPU in Node as the default', () => {
  beforeAll(() => setDefaultBackend(webgpu))
  afterAll(() => setDefaultBackend('reference'))

  it('a network learns exclusive or, with nothing read in between', async () => {
    const model = nn.sequential(nn.linear(2, 8), np.tanh, nn.linear(8, 1))
    const x = np.array([
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ])
    const y = np.array([[0], [1], [1], [0]])
    let { params } = model.init(random.key(0))
    const loss = (p: typeof params) => nn.sigmoidBinaryCrossEntropy(model.call(p, x), y).mean()
    const step = jit(valueAndGrad(loss))
    for (let i = 0; i < 500; i++) params = tree.map((p, g) => p.sub(g), params, step(params)[1])
    expect([...(await nn.sigmoid(model.call(params, x)).round().data())]).toEqual([0, 1, 1, 0])
  })
})

/** Runs `useWebgpu.mjs` with the package: what it printed, and with which code or signal it ended. */
const use = (how: string): Promise<{ readonly code: number | null; readonly text: string }> => {
  const script = fileURLToPath(new URL('./useWebgpu.mjs', import.meta.url))
  const env = { ...process.env, GRAD_TS_BACKEND: '' }
  const child = spawn(process.execPath, [script, join(packageFolder(), 'dist', 'index.js'), how], { env })
  let text = ''
  child.stdout.on('data', (data: Buffer) => {
    text += data.toString()
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code) => resolve({ code, text }))
  })
}

describeOnWebgpu('a process that uses WebGPU', () => {
  beforeAll(build, 240_000)

  it('ends by itself, and leaves no global behind', async () => {
    const { code, text } = await use('read')
    expect(text).toMatch(/^4 \{[^}]*description: 'WebGPU: \w+/)
    expect(text).toMatch(/no global\n$/)
    expect(code).toBe(0)
  })

  it('ends without waiting for what nobody reads', async () => {
    expect(await use('nothing')).toEqual({ code: 0, text: 'no global\n' })
  })

  it.each([
    ['exit', 3],
    ['throw', 1],
  ] as const)('that ends by %s has its code', async (how, code) => {
    expect(await use(how)).toEqual({ code, text: '' })
  })
})

it('WebGPU without its package says what to install', async () => {
  vi.resetModules()
  vi.doMock('webgpu', () => {
    throw new Error("Cannot find package 'webgpu'")
  })
  const { hostGpu } = await import('../../../src/backends/gpujs/scalar/hostGpu.js')
  await expect(hostGpu()).rejects.toThrow('npm install webgpu@0.6.2')
  vi.doUnmock('webgpu')
})
