import type { Contender } from './suite.js'

/** Milliseconds of one time. */
export type Measured = {
  readonly median: number
  readonly least: number
  /**
   * Of processors, all threads of this process together: what else runs weighs less on it. The median; `null` where
   * the work is another process's.
   */
  readonly cpu: number | null
}

export type Effort = {
  readonly rounds: number
  /** Milliseconds that each contender runs before anything counts: JavaScript is compiled as it runs. 0: not at all. */
  readonly warmUp: number
  /** Milliseconds that a sample takes at least. 0: one time. */
  readonly sample: number
  /** Milliseconds after which a contender is measured no more, once it was measured three times. */
  readonly most: number
}

type Took = { readonly ms: number; readonly cpu: number | null }

const taken = async (contender: Contender, times: number): Promise<Took> => {
  contender.before?.(times)
  const used = process.cpuUsage()
  const start = performance.now()
  const elsewhere = await contender.run(times)
  if (elsewhere !== undefined) return { ms: elsewhere.ms, cpu: null }
  const ms = performance.now() - start
  const { user, system } = process.cpuUsage(used)
  return { ms, cpu: (user + system) / 1000 }
}

const elapsed = async (contender: Contender, times: number): Promise<number> =>
  (await taken(contender, times)).ms

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/**
 * All contenders in turn, round after round, so that what else the machine does weighs on each alike.
 * How often each runs a sample is found beforehand, after what compiles at first was compiled.
 */
export const measure = async (
  contenders: readonly Contender[],
  { rounds, warmUp, sample, most }: Effort,
): Promise<readonly Measured[]> => {
  const times: number[] = []
  for (const contender of contenders) {
    let n = 1
    for (let spent = 0, runs = 0; spent < warmUp || (warmUp > 0 && runs < 2); runs++) {
      const took = await elapsed(contender, n)
      spent += took
      if (took < sample / 4) n *= 2
    }
    n = 1
    for (
      let took = sample > 0 ? await elapsed(contender, n) : 0;
      took < sample && n < 1 << 16;
      took = await elapsed(contender, n)
    )
      n = Math.max(n + 1, Math.min(n * 8, Math.ceil((1.2 * n * sample) / took)))
    times.push(n)
  }
  const samples = contenders.map((): Took[] => [])
  const spent = contenders.map(() => 0)
  for (let round = 0; round < rounds; round++) {
    for (const [i, contender] of contenders.entries()) {
      if (round >= 3 && spent[i] > most) continue
      // the one before has the caches full of its own, and workers that are not asleep yet
      if (sample > 0) await elapsed(contender, 1)
      const took = await taken(contender, times[i])
      spent[i] += took.ms
      samples[i].push({ ms: took.ms / times[i], cpu: took.cpu === null ? null : took.cpu / times[i] })
    }
  }
  return samples.map((s) => {
    const ms = s.map((took) => took.ms)
    const cpu = s.flatMap((took) => took.cpu ?? [])
    return { median: median(ms), least: Math.min(...ms), cpu: cpu.length === 0 ? null : median(cpu) }
  })
}
