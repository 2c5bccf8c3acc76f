import { saveCheckpoint } from '../../src/io/saveCheckpoint.js'

/** Saves checkpoints of rising steps until it is killed; every element of a checkpoint is its step. */
const [folder, first] = process.argv.slice(2)
for (let step = Number(first); ; step++) {
  const weight = { dtype: 'float32', shape: [1 << 18], data: new Float32Array(1 << 18).fill(step) } as const
  await saveCheckpoint(folder, {
    model: 'filler',
    counters: { step },
    config: {},
    state: { weight },
    series: { loss: new Float64Array(step).fill(step) },
  })()
  process.stdout.write('.')
}
