import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Figure, Suite } from '../suite.js'
import type { LoopName } from './loops.js'
import type { Course } from './process.js'

const script = fileURLToPath(new URL('process.ts', import.meta.url))

/** MiB resident at most. */
const mostResident = 1000

const courseOf = async (loop: LoopName, steps: number, how: string): Promise<Course> => {
  const child = spawn(process.execPath, [...process.execArgv, script, loop, String(steps), how], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.on('data', (part: Buffer) => {
    said += part.toString()
  })
  const [status] = await once(child, 'close')
  if (status !== 0) throw new Error(`${loop}: exit with status 0 is required, got ${status}.`)
  return JSON.parse(said) as Course
}

const mean = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0) / xs.length

/**
 * Steps of a loop whose author thinks of no memory: the time of one, beside that of one that gives everything up, and whether
 * what is resident stays below a bound and is flat.
 */
const figure = (
  work: string,
  shape: string,
  loop: LoopName,
  steps: number,
  how: 'collect' | 'spill',
  most: number,
): Figure => ({
  work: how === 'spill' ? `${work}, spilled` : work,
  shape: `${shape}, ${steps} steps`,
  take: async () => {
    const { resident, plainMs, tidyMs } = await courseOf(loop, steps, how)
    // of 100 samples: the third twentieth, and the last
    const [third, last] = [mean(resident.slice(10, 15)), mean(resident.slice(95))]
    const top = Math.max(...resident)
    const isFlat = Math.abs(last / third - 1) <= 0.05
    return {
      ms: plainMs,
      ratio: tidyMs / plainMs,
      bar: 1 / most,
      note: `donation ${tidyMs.toFixed(2)} ms; RSS at most ${top.toFixed(0)} MiB${top < mostResident ? '' : ' (too much)'}, third twentieth ${third.toFixed(0)}, last ${last.toFixed(0)}${isFlat ? '' : ' (not flat)'}`,
    }
  },
})

const widths = '784-1024-10, batch 32, Adam'

/** Steps of each loop, where the variable that shortens them is not set. */
const stepsOf = (usual: number): number => Math.ceil(usual * Number(process.env['GRAD_TS_BENCH_PART'] ?? 1))

/** Loops that hold a bounded number of arrays, in bounded memory. */
export const memorySuite = async (): Promise<Suite> => ({
  backend: 'wasm',
  threads: null,
  works: [],
  figures: [
    figure('MLP step, item() each', widths, 'item', stepsOf(20_000), 'collect', 1.25),
    figure('MLP step, await data() each', widths, 'data', stepsOf(20_000), 'collect', 1.15),
    figure('MLP step, nothing read', widths, 'nothing', stepsOf(20_000), 'collect', 1.15),
    figure('w = w.mul(0.9999), eager', '1024×1024', 'decay', stepsOf(3000), 'collect', 1.15),
    figure('MLP step, batches of 60,000 digits', widths, 'batches', stepsOf(1875), 'collect', 1.15),
    figure('first loop of README', '2-2048-512-1', 'readme', stepsOf(2000), 'collect', 1.15),
    figure('MLP step, item() each', widths, 'item', stepsOf(5000), 'spill', 1.6),
    figure('MLP step, await data() each', widths, 'data', stepsOf(5000), 'spill', 1.6),
    figure('MLP step, nothing read', widths, 'nothing', stepsOf(5000), 'spill', 1.6),
    figure('w = w.mul(0.9999), eager', '1024×1024', 'decay', stepsOf(3000), 'spill', 1.6),
  ],
})
