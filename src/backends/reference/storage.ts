import { sizeOf } from '../../ir/aval.js'
import type { DType, TypedArray } from '../../ir/dtype.js'
import type { BufferId } from '../../ir/expr.js'
import { bytesOf, lastUses, writes } from '../../ir/memory.js'
import type { Program } from '../../ir/program.js'

const view = (dtype: DType, bytes: ArrayBuffer, size: number): TypedArray => {
  switch (dtype) {
    case 'float32':
      return new Float32Array(bytes, 0, size)
    case 'float64':
      return new Float64Array(bytes, 0, size)
    case 'int32':
      return new Int32Array(bytes, 0, size)
    case 'uint32':
      return new Uint32Array(bytes, 0, size)
    case 'bool':
      return new Uint8Array(bytes, 0, size)
  }
}

/**
 * Storage for a program's intermediates. A buffer lives from the step that writes it to the last that
 * reads it; buffers that never live together may share memory. The memory is kept from run to run.
 */
export const intermediates = (program: Program): ReadonlyMap<BufferId, TypedArray> => {
  const lastRead = lastUses(program)
  const outside = new Set([...program.inputs, ...program.outputs])
  const regions: { bytes: number }[] = []
  const free = new Set<{ bytes: number }>()
  const regionOf = new Map<BufferId, { bytes: number }>()
  program.steps.forEach((step, at) => {
    for (const id of writes(step)) {
      if (outside.has(id) || regionOf.has(id)) continue
      const needed = bytesOf(program.buffers[id])
      const region = bestFit(free, needed) ?? { bytes: 0 }
      if (region.bytes === 0) regions.push(region)
      region.bytes = Math.max(region.bytes, needed)
      free.delete(region)
      regionOf.set(id, region)
    }
    for (const [id, region] of regionOf) {
      if (lastRead.get(id) === at) free.add(region)
    }
  })
  const memory = new Map(regions.map((region) => [region, new ArrayBuffer(region.bytes)]))
  return new Map(
    [...regionOf].map(([id, region]) => {
      const { dtype, shape } = program.buffers[id]
      return [id, view(dtype, memory.get(region) as ArrayBuffer, sizeOf(shape))]
    }),
  )
}

/** The smallest region that is large enough, or else the largest, which then grows. */
const bestFit = (free: Iterable<{ bytes: number }>, needed: number): { bytes: number } | undefined => {
  const bySize = [...free].sort((a, b) => a.bytes - b.bytes)
  return bySize.find((r) => r.bytes >= needed) ?? bySize.at(-1)
}
