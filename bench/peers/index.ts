import type { Peer } from '../suite.js'
import { jaxJs } from './jaxJs.js'
import type { PeerLibrary } from './peer.js'
import { tfjsWasm } from './tfjsWasm.js'

export type PeerWork = (peer: PeerLibrary) => ReturnType<PeerLibrary['sum']>

let libraries: Promise<readonly PeerLibrary[]> | null = null

/** Other libraries at a work, those that can do it; there is no bar beside them. */
export const peersOf = async (work: PeerWork): Promise<readonly Peer[]> => {
  libraries ??= Promise.all([tfjsWasm(), jaxJs()])
  return (await libraries).flatMap((peer) => {
    const run = work(peer)
    return run === null ? [] : [{ name: peer.name, run, bar: null }]
  })
}
