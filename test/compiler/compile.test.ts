import v8 from 'node:v8'
import vm from 'node:vm'
import { describe, expect, it } from 'vitest'
import { backendNamed, registerBackend } from '../../src/compiler/backends.js'
import { jit, np, setDefaultBackend, type Tensor } from '../../src/index.js'
import type { Executable } from '../../src/ir/backend.js'

v8.setFlagsFromString('--expose-gc')
const collect = vm.runInNewContext('gc') as () => void

/** How many of the executables are held that `body` had a backend make. */
const heldAfter = async (
  name: string,
  body: () => void,
): Promise<{ readonly made: number; readonly held: number }> => {
  const made: WeakRef<Executable>[] = []
  registerBackend(name, {
    ...backendNamed('reference'),
    name,
    compile: ({ outputs }) => {
      const executable: Executable = { run: () => outputs.map(() => ({})) }
      made.push(new WeakRef(executable))
      return executable
    },
  })
  body()
  // weak references hold until the job ends
  await new Promise((resolve) => setTimeout(resolve))
  collect()
  return { made: made.length, held: made.filter((r) => r.deref() !== undefined).length }
}

describe('compiled programs', () => {
  it('of shapes that were not seen for long are let go, of one jitted function', async () => {
    const f = jit((x: Tensor) => np.tanh(x).sum(), { backend: 'forgetting' })
    const { made, held } = await heldAfter('forgetting', () => {
      for (let n = 1; n <= 1500; n++) f(np.array(new Float32Array(n)))
    })
    expect(made).toBe(1500)
    expect(held).toBeGreaterThan(500)
    expect(held).toBeLessThanOrEqual(520)
  })

  it('of eager operations too', async () => {
    const { made, held } = await heldAfter('forgetting eagerly', () => {
      setDefaultBackend('forgetting eagerly')
      for (let n = 1; n <= 2000; n++) np.tanh(np.array(new Float32Array(n)))
      setDefaultBackend('wasm')
    })
    expect(made).toBe(2000)
    expect(held).toBeGreaterThan(1000)
    expect(held).toBeLessThanOrEqual(1040)
  })
})
