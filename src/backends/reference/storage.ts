import { sizeOf } from '../../graph/aval.js'
import { byteSize, type DType, type TypedArray } from '../../graph/dtype.js'
import type { BufferId, Expr } from '../../graph/kernel/expr.js'
import type { BufferSpec, Program, Step } from '../../graph/kernel/program.js'
import { operandsFirst } from './expression.js'

/** The buffers that a step reads. */
const reads = (step: Step): readonly BufferId[] => {
  switch (step.kind) {
    case 'kernel': {
      const values: readonly Expr[] = [
        ...step.outputs.map((o) => o.value),
        ...(step.reduction?.element ?? []),
      ]
      return operandsFirst(values).flatMap((e) => (e.op === 'load' ? [e.buffer] : []))
    }
    case 'contract':
      return operandsFirst([step.lhs, step.rhs]).flatMap((e) => (e.op === 'load' ? [e.buffer] : []))
    case 'host':
      return step.inputs
    case 'loop':
      return [...step.constants, ...step.initial, ...step.stackedInputs]
    case 'while':
      return [...step.conditionConstants, ...step.bodyConstants, ...step.initial]
    case 'branch':
      return [step.index, ...step.inputs]
  }
}

/** The buffers that a step writes. */
const writes = (step: Step): readonly BufferId[] => {
  switch (step.kind) {
    case 'kernel':
      return step.outputs.map((o) => o.buffer)
    case 'contract':
      return [step.output]
    case 'host':
    case 'branch':
      return step.outputs
    case 'loop':
      return [...step.carried, ...step.stackedOutputs]
    case 'while':
      return step.carried
  }
}

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

const bytesOf = (spec: BufferSpec): number => sizeOf(spec.shape) * byteSize(spec.dtype)

/**
 * Storage for a program's intermediates. A buffer lives from the step that writes it to the last that
 * reads it; buffers that never live together may share memory. The memory is kept from run to run.
 */
export const intermediates = (program: Program): ReadonlyMap<BufferId, TypedArray> => {
  const lastRead = new Map<BufferId, number>()
  program.steps.forEach((step, at) => {
    for (const id of [...writes(step), ...reads(step)]) lastRead.set(id, at)
  })
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
