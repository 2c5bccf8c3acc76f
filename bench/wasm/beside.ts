import type { Tensor } from '../../src/index.js'
import { requireEqualResults } from '../equalResults.js'
import { type PeerWork, peersOf } from '../peers/index.js'
import type { Contender, Peer, Prepared } from '../suite.js'
import { waitForTensor } from '../waitForTensor.js'

/** A function of ours, the results disposed of. Programs run one after another: the last is waited for. */
export const ours = (f: () => readonly Tensor[]): Contender => ({
  name: 'grad-ts',
  run: (times) => {
    for (let i = 0; i < times; i++) {
      const made = f()
      if (i === times - 1) waitForTensor(made[0])
      for (const x of made) x.dispose()
    }
  },
})

/** Least speeds that are wanted of us, by a peer's name. */
export type Bars = Readonly<Partial<Record<'tfjs-wasm' | 'jax-js wasm', number>>>

export type OwnWork = {
  readonly name: string
  readonly f: () => readonly Tensor[]
  /** Freed at the end. */
  readonly operands: readonly Tensor[]
}

/** All from the same numbers. @throws where the results differ */
export const beside = async (
  { name, f, operands }: OwnWork,
  peerWork: PeerWork,
  bars: Bars,
  others: readonly Peer[] = [],
): Promise<Prepared> => {
  const peers = await peersOf(peerWork, bars)
  const mine = f()
  const want = mine.map((t) => t.dataSync())
  for (const t of mine) t.dispose()
  for (const peer of peers) requireEqualResults(`${peer.name}, ${name}`, await peer.result(), want)
  return {
    ours: ours(f),
    peers: [...peers, ...others],
    close: () => {
      for (const t of operands) t.dispose()
    },
  }
}

/** One bar for one thread, another for two; none for more. */
export const byThreads = (threads: number, one: number | null, two: number | null): number | null =>
  threads === 1 ? one : threads === 2 ? two : null
