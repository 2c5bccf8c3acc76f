import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type * as GradTs from '../src/index.js'

const platform = '../src/backends/wasm/webAssembly.js'

/** The library as a program finds it: what the other tests load is not loaded. */
const fresh = (): Promise<typeof GradTs> => import('../src/index.js')

const firstLoad = (name: string): string =>
  `backend: a loaded backend is required, got ${name}. Call await loadBackend('${name}') first.`

beforeEach(() => {
  vi.resetModules()
  vi.stubEnv('GRAD_TS_BACKEND', '')
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.doUnmock(platform)
})

describe('the reference', () => {
  it('is known, and asking for it before it is loaded says how it is', async () => {
    const { BackendError, backendNames, jit, np, setDefaultBackend } = await fresh()
    expect(backendNames().slice(0, 2)).toEqual(['wasm', 'reference'])
    for (const ask of [
      () => setDefaultBackend('reference'),
      () => jit(np.exp, { backend: 'reference' })(0),
      () => jit(np.exp, { backend: 'reference' }).lower(0),
    ]) {
      expect(ask).toThrow(BackendError)
      expect(ask).toThrow(firstLoad('reference'))
    }
    // what was refused changes nothing
    expect(np.array([1, 2]).add(1).toArray()).toEqual([2, 3])
  })

  it('runs once it is loaded, by itself or as the default', async () => {
    const { jit, loadBackend, np, setDefaultBackend } = await fresh()
    await Promise.all([loadBackend('reference'), loadBackend('reference')])
    const f = jit((x: GradTs.Tensor) => np.exp(x).sum(), { backend: 'reference' })
    expect(f.lower(np.zeros([3])).backend.name).toBe('reference')
    expect(f(np.zeros([3])).item()).toBe(3)
    setDefaultBackend('reference')
    expect(np.sort(np.array([3, 1, 2])).toArray()).toEqual([1, 2, 3])
    expect(jit(np.sin).lower(0).backend.name).toBe('reference')
  })

  it('is what the environment names, from when it is loaded', async () => {
    vi.stubEnv('GRAD_TS_BACKEND', 'reference')
    const { loadBackend, np } = await fresh()
    expect(() => np.add(1, 2)).toThrow(firstLoad('reference'))
    await loadBackend('reference')
    expect(np.add(1, 2).item()).toBe(3)
  })
})

describe('gpu.js that a page hands over', () => {
  it('is used instead of the package that is installed', async () => {
    const { GPU } = await import('gpu.js')
    const modes: unknown[] = []
    class Given extends GPU {
      constructor(settings: ConstructorParameters<typeof GPU>[0]) {
        super(settings)
        modes.push(settings?.mode)
      }
    }
    const { devices, jit, loadBackend, np } = await fresh()
    await loadBackend('gpujs:cpu', { GPU: Given })
    expect(modes).toEqual(['cpu'])
    expect(jit(np.add, { backend: 'gpujs:cpu' })(1, 2).item()).toBe(3)

    vi.resetModules()
    const { devices: devicesAgain } = await fresh()
    expect((await devicesAgain({ GPU: Given })).find((d) => d.name === 'gpujs:cpu')?.isHardware).toBe(false)
    expect(modes.filter((mode) => mode === 'cpu')).toHaveLength(2)
    await expect(devices({ gpu: Given } as object)).rejects.toThrow('devices: options among GPU are required')
  })
})

describe('where WebAssembly has no vectors', () => {
  beforeEach(() => {
    vi.doMock(platform, () => ({ webAssembly: { validate: () => false } }))
  })

  it('the reference is the default: operations say that it has to be loaded, and then run', async () => {
    const { backendNames, disableJit, jit, loadBackend, np } = await fresh()
    const f = jit((v: GradTs.Tensor) => v.mul(2).sum())
    const x = np.array([1, 2])
    expect(backendNames()).not.toContain('wasm')
    expect(() => np.add(1, 2)).toThrow(firstLoad('reference'))
    expect(() => f(x)).toThrow(firstLoad('reference'))
    expect(() => disableJit(() => f(x))).toThrow(firstLoad('reference'))
    await loadBackend('reference')
    expect(np.add(1, 2).item()).toBe(3)
    expect(f(x).item()).toBe(6)
    expect(disableJit(() => f(x).item())).toBe(6)
  })

  it('auto loads it', async () => {
    const { jit, loadBackend, np } = await fresh()
    await loadBackend('auto')
    expect(jit(np.exp, { backend: 'auto' })(0).item()).toBe(1)
    expect(np.add(1, 2).item()).toBe(3)
  })

  it('devices() lists it, and all others', async () => {
    const { devices } = await fresh()
    const there = await devices()
    expect(there[0]).toEqual({ name: 'reference', isHardware: false, description: 'loops in JavaScript' })
    expect(there.map((d) => d.name)).toEqual([
      'reference',
      ...['headlessgl', 'webgl2', 'webgpu', 'cpu'].map((mode) => `gpujs:${mode}`),
      'gpujs',
    ])
  })
})
