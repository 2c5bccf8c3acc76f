import type { Contender } from './suite.js'

/** Milliseconds of one time. */
export type Measured = { readonly median: number; readonly least: number }

export type Effort = {
  readonly rounds: number
  /** Milliseconds that a sample takes at least. */
  readonly sample: number
  /** Milliseconds after which a contender is measured no more, once it was measured three times. */
  readonly most: number
}

const elapsed = async (contender: Contender, times: number): Promise<number> => {
  contender.before?.(times)
  const start = performance.now()
  await contender.run(times)
  return performance.now() - start
}

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
  { rounds, sample, most }: Effort,
): Promise<readonly Measured[]> => {
  const times: number[] = []
  for (const contender of contenders) {
    for (let i = 0; i < 2; i++) await elapsed(contender, 1)
    let n = 1
    for (
      let took = await elapsed(contender, n);
      took < sample && n < 1 << 16;
      took = await elapsed(contender, n)
    )
      n = Math.max(n + 1, Math.min(n * 8, Math.ceil((1.2 * n * sample) / took)))
    times.push(n)
  }
  const samples = contenders.map((): number[] => [])
  const spent = contenders.map(() => 0)
  for (let round = 0; round < rounds; round++) {
    for (const [i, contender] of contenders.entries()) {
      if (round >= 3 && spent[i] > most) continue
      const took = await elapsed(contender, times[i])
      spent[i] += took
      samples[i].push(took / times[i])
    }
  }
  return samples.map((s) => ({ median: median(s), least: Math.min(...s) }))
}
