// A process that uses WebGPU, of the library in the file named first, as the second argument says; the test looks at how it ends.
const [file, how] = process.argv.slice(2)
const { devices, jit, loadBackend, np } = await import(file)
const backend = 'gpujs:webgpu'
await loadBackend(backend)
const y = jit((x) => np.sin(x).mul(x), { backend })(np.arange(4))
if (how === 'read')
  console.log(
    (await y.data()).length,
    (await devices()).find((d) => d.name === backend),
  )
if (how === 'throw') throw new Error('on purpose')
if (how === 'exit') process.exit(3)
const { navigator } = globalThis
console.log(navigator !== undefined && 'gpu' in navigator ? 'global' : 'no global')
