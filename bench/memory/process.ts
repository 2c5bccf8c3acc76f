// One loop in a process that does nothing else: `process.ts <loop> <steps> <spill|collect>` prints its memory and time, as JSON.
import { loadBackend, setDefaultBackend } from '../../src/index.js'
import { type LoopName, loops, spill } from './loops.js'

/** How memory and time of a loop went. */
export type Course = {
  /** MiB resident after each hundredth of the steps. */
  readonly resident: readonly number[]
  /** Of one step: medians of rounds in turn. */
  readonly plainMs: number
  readonly tidyMs: number
}

const [name, count, how] = process.argv.slice(2)
const steps = Number(count)
await loadBackend('wasm')
setDefaultBackend('wasm')
if (how === 'spill') spill()

const { plain, tidy } = loops[name as LoopName]()
const timed = async (run: (steps: number) => Promise<void>, n: number): Promise<number> => {
  const start = performance.now()
  await run(n)
  return (performance.now() - start) / n
}
const median = (times: readonly number[]): number => [...times].sort((a, b) => a - b)[times.length >> 1]

const resident: number[] = []
for (let i = 0; i < 100; i++) {
  await plain(steps / 100)
  resident.push(process.memoryUsage.rss() / 2 ** 20)
}
const times: [plain: number[], tidy: number[]] = [[], []]
const round = Math.max(20, Math.ceil(steps / 100))
await tidy(round)
for (let i = 0; i < 5; i++) {
  times[0].push(await timed(plain, round))
  times[1].push(await timed(tidy, round))
}
const course: Course = { resident, plainMs: median(times[0]), tidyMs: median(times[1]) }
process.stdout.write(`${JSON.stringify(course)}\n`)
