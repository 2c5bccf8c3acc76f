import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, vi } from 'vitest'
import { DeviceArray } from '../../../src/backends/gpujs/deviceArray.js'
import type { Gpu } from '../../../src/backends/gpujs/gpu.js'
import { textureSize } from '../../../src/backends/gpujs/layout.js'
import { loadGpu } from '../../../src/backends/gpujs/loadGpu.js'
import { type DeviceKernel, type Limits, Runtime } from '../../../src/backends/gpujs/runtime.js'
import { type ResidenceOptions, Residents } from '../../../src/backends/residence/residents.js'
import { BackendError, jit, np, optim, type Tensor, valueAndGrad } from '../../../src/index.js'
import { describeOnGl, headless } from './gl.js'

const runtimeOf = async (limits: Partial<Limits> = {}, residence: ResidenceOptions = {}): Promise<Runtime> =>
  new Runtime(
    await loadGpu<Gpu>('headlessgl'),
    'headlessgl',
    { bytes: 2 ** 24, kernels: 100, ...limits },
    new Residents(residence),
  )

const plus = (runtime: Runtime, n: number): DeviceKernel =>
  runtime.kernel({
    source: `function(b0) { return add4(b0[this.thread.y][this.thread.x], splat4(${n}.0)); }`,
    inputs: [textureSize(4)],
    outputs: 1,
    size: textureSize(4),
  })

describeOnGl('limits of headless GL', () => {
  it('more bytes of textures than there may be are refused, saying what is live, until some are given up', async () => {
    const runtime = await runtimeOf({ bytes: 100_000 })
    const made = (first: number): DeviceArray => {
      const array = DeviceArray.onHost(
        runtime,
        'float32',
        Float32Array.of(first, ...new Array(9_999).fill(0)),
      )
      array.texture()
      return array
    }
    const held = [made(1), made(2)]
    expect(() => made(3)).toThrow(
      /within 100000 bytes.*2 live arrays of \d+ bytes, most of them in 2 f32\[10000\].*donate arguments/,
    )
    held[0].free()
    const again = made(7)
    expect([...again.own().subarray(0, 2), held[1].own()[0]]).toEqual([7, 0, 2])
    expect(runtime.bytes).toBeLessThanOrEqual(100_000)
  })

  it.each([
    ['are collected', {}],
    ['become host memory', { collect: null }],
  ])('where there is no more room, arrays that nobody holds %s', async (_, residence) => {
    const runtime = await runtimeOf({ bytes: 2 ** 20 }, residence)
    for (let i = 0; i < 100; i++) {
      const array = DeviceArray.onHost(runtime, 'float32', new Float32Array(50_000).fill(i))
      array.texture()
      expect(runtime.bytes).toBeLessThanOrEqual(2 ** 20)
    }
  })

  it('textures larger than the device has are refused', async () => {
    const runtime = await runtimeOf()
    expect(() => runtime.upload([], { width: 4096, height: 10 ** 6 })).toThrow(
      /arrays of at most .* elements/,
    )
  })

  it('a context that is lost is an error at the next use', async () => {
    const gpu = await loadGpu<Gpu & { readonly context: { isContextLost(): boolean } }>('headlessgl')
    const runtime = new Runtime(gpu, 'headlessgl', { bytes: 2 ** 24, kernels: 10 })
    const x = runtime.upload([1, 2], textureSize(4))
    const kernel = plus(runtime, 1)
    vi.spyOn(gpu.context, 'isContextLost').mockReturnValue(true)
    for (const use of [
      () => runtime.read(x, 2),
      () => runtime.upload([1], textureSize(4)),
      () => kernel.run([x]),
    ])
      expect(use).toThrow(BackendError)
  })

  it('kernels that did not run for longest are destroyed, and compiled again when they are asked for', async () => {
    const runtime = await runtimeOf({ kernels: 2 })
    const x = runtime.upload([1, 2, 3, 4], textureSize(4))
    const kernels = [1, 2, 3].map((n) => {
      const kernel = plus(runtime, n)
      kernel.run([x])
      return kernel
    })
    expect(kernels.map((k) => k.isDestroyed)).toEqual([true, false, false])
    expect([...runtime.read(plus(runtime, 1).run([x])[0], 4)]).toEqual([2, 3, 4, 5])
    expect(kernels.map((k) => k.isDestroyed)).toEqual([true, true, false])
  })

  it('training without a dispose holds no more textures after hundreds of steps than after the first', async () => {
    const target = np.linspace(0, 1, 512)
    const adam = optim.adam(1e-2)
    const step = jit(
      (w: Tensor, state: ReturnType<typeof adam.init>) => {
        const [loss, g] = valueAndGrad((v: Tensor) => np.square(np.tanh(v).sub(target)).sum())(w)
        const [updates, next] = adam.update(g, state, w)
        return [optim.applyUpdates(w, updates), next, loss] as const
      },
      { backend: headless, donate: [0, 1] },
    )
    const uploads = vi.spyOn(Runtime.prototype, 'upload')
    let [w, state, loss] = step(np.zeros([512]), adam.init(np.zeros([512])))
    const first = loss.item()
    const runtime = uploads.mock.contexts[0] as Runtime
    uploads.mockRestore()
    let most = 0
    for (let i = 0; i < 300; i++) {
      ;[w, state, loss] = step(w, state)
      await new Promise(setImmediate)
      if (i === 50) most = runtime.bytes
    }
    expect(loss.item()).toBeLessThan(0.1 * first)
    // losses are small textures that wait for a collection; parameters and moments are donated
    expect(runtime.bytes).toBeLessThan(most + 300 * 64)
  })

  it('a gather out of range stays inside its array', () => {
    const f = jit((x: Tensor, i: Tensor) => np.take(x, i), { backend: headless })
    const at = np.array([-100, -1, 0, 2, 3, 10 ** 6], { dtype: 'int32' })
    expect(f(np.array([1, 2, 3]), at).toArray()).toEqual(
      jit((x: Tensor, i: Tensor) => np.take(x, i))(np.array([1, 2, 3]), at).toArray(),
    )
  })

  it('long rows and long columns', () => {
    for (const shape of [
      [1, 70_000],
      [70_000, 1],
      [3, 33_333],
    ]) {
      const x = np
        .arange(shape[0] * shape[1])
        .astype('float32')
        .reshape(shape)
      const f = jit((x: Tensor) => x.transpose().mul(2).sum({ axis: 1 }), { backend: headless })
      const sums = f(x)
      const want = x.transpose().mul(2).sum({ axis: 1 })
      expect(np.abs(sums.sub(want)).max().item()).toBeLessThanOrEqual(1e-5 * np.abs(want).max().item())
    }
  })
})

describe('without a display', () => {
  it('headless GL says how to get one', () => {
    const program = fileURLToPath(new URL('./loadWithoutDisplay.ts', import.meta.url))
    const { DISPLAY: _, WAYLAND_DISPLAY: __, ...env } = process.env
    const { stdout } = spawnSync(process.execPath, ['--import', 'tsx', program], { env, encoding: 'utf8' })
    expect(stdout).toMatch(
      /BackendError: gpujs: an OpenGL context is required.*xvfb-run -a.*libgl1-mesa-dri/s,
    )
  })
})
