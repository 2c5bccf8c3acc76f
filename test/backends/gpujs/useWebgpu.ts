import { devices, jit, loadBackend, np, type Tensor } from '../../../src/index.js'

// a process that uses WebGPU as its argument says; the test looks at how it ends
const [how] = process.argv.slice(2)
const backend = 'gpujs:webgpu'
await loadBackend(backend)
const y = jit((x: Tensor) => np.sin(x).mul(x), { backend })(np.arange(4))
if (how === 'read')
  console.log(
    (await y.data()).length,
    (await devices()).find((d) => d.name === backend),
  )
if (how === 'throw') throw new Error('on purpose')
if (how === 'exit') process.exit(3)
const { navigator } = globalThis as { readonly navigator?: object }
console.log(navigator !== undefined && 'gpu' in navigator ? 'global' : 'no global')
