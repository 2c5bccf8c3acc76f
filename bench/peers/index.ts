import type { Peer } from '../suite.js'
import { jaxJs } from './jaxJs.js'
import type { PeerLibrary, PeerTask } from './peer.js'
import { tfjsWasm } from './tfjsWasm.js'

export type PeerWork = (peer: PeerLibrary) => PeerTask | null

export type ComparedPeer = Peer & Pick<PeerTask, 'result'>

let libraries: Promise<readonly PeerLibrary[]> | null = null

/** Other libraries at a work, those that can do it; beside those named, with the least of their speed that is wanted. */
export const peersOf = async (
  work: PeerWork,
  bars: Readonly<Partial<Record<string, number>>> = {},
): Promise<readonly ComparedPeer[]> => {
  libraries ??= Promise.all([tfjsWasm(), jaxJs()])
  return (await libraries).flatMap((peer) => {
    const task = work(peer)
    return task === null ? [] : [{ name: peer.name, ...task, bar: bars[peer.name] ?? null }]
  })
}
