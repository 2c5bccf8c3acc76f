import { afterAll, beforeAll, expect, it } from 'vitest'
import type { DeviceArray } from '../../../src/backends/gpujs/deviceArray.js'
import { gpujsBackend } from '../../../src/backends/gpujs/index.js'
import { registerBackend } from '../../../src/compiler/backends.js'
import { np, setDefaultBackend, type Tensor } from '../../../src/index.js'
import { loopCases, shape } from '../residence/loopCases.js'
import { describeOnGl } from './gl.js'

const softLimit = 2 ** 22

for (const [how, residence] of [
  ['are collected', { softLimit }],
  ['become host memory', { softLimit, collect: null }],
] as const)
  describeOnGl(`in loops on textures that never leave their job, arrays that nobody holds ${how}:`, () => {
    const name = `gpujs whose arrays ${how}`
    // what the loop itself holds
    const most = 3 * softLimit
    let bytes = (): number => 0

    beforeAll(async () => {
      const backend = { ...(await gpujsBackend('headlessgl', residence)), name }
      const { runtime } = backend.upload(new Float32Array(1)) as DeviceArray
      bytes = () => runtime.bytes
      registerBackend(name, backend)
      setDefaultBackend(name)
    })
    afterAll(() => setDefaultBackend('reference'))

    loopCases({ bytes: () => bytes(), usedBytes: () => bytes(), softLimit, most, rounds: 150 })

    it('integers and booleans', () => {
      const held: (readonly [Tensor, Tensor])[] = []
      let w = np.zeros(shape)
      for (let i = 0; i < 60; i++) {
        w = w.add(1)
        const isEarly = np.less(w, 30)
        held.push([isEarly, isEarly.astype('int32')])
      }
      const got = held.map(([isEarly, n]) => [isEarly.dtype, isEarly.all().item(), n.dtype, n.min().item()])
      expect(got).toEqual(held.map((_, i) => ['bool', Number(i < 29), 'int32', Number(i < 29)]))
    })
  })
