import type { BufferId } from '../../../graph/kernel/expr.js'
import { bytesOf, lastUsesOf, writes } from '../../../graph/kernel/memory.js'
import type { Program, Step } from '../../../graph/kernel/program.js'
import { blockSize, FreeBlocks } from '../memory/freeBlocks.js'

/** Where in a program's block things are, in bytes from its start. The first is a table of the buffers' addresses. */
export type Places = {
  readonly bytes: number
  readonly buffers: ReadonlyMap<BufferId, number>
  /** Of each group of steps: what it needs beside its buffers. */
  readonly scratch: readonly (readonly number[])[]
}

/**
 * Places for a program's intermediates, and for the scratch of its groups of steps. A buffer lives from the group that writes it to
 * the last that reads it; what never lives together may share memory. `addresses`: entries of the table.
 */
export const placesOf = (
  program: Program,
  groups: readonly (readonly Step[])[],
  addresses: number,
  scratchOf: readonly (readonly number[])[],
): Places => {
  const last = lastUsesOf(groups)
  const outside = new Set([...program.inputs, ...program.outputs])
  let bytes = blockSize(4 * addresses)
  const blocks = new FreeBlocks(bytes, (end) => {
    bytes = Math.max(bytes, end)
  })
  const buffers = new Map<BufferId, number>()
  const sizeOfBuffer = (id: BufferId): number => blockSize(bytesOf(program.buffers[id]))
  const scratch = groups.map((steps, at) => {
    for (const id of steps.flatMap(writes))
      if (!outside.has(id) && !buffers.has(id)) buffers.set(id, blocks.take(sizeOfBuffer(id)))
    const sizes = scratchOf[at].map(blockSize)
    const places = sizes.map((size) => blocks.take(size))
    places.forEach((place, i) => {
      blocks.give(place, sizes[i])
    })
    for (const [id, place] of buffers) if (last.get(id) === at) blocks.give(place, sizeOfBuffer(id))
    return places
  })
  return { bytes, buffers, scratch }
}
