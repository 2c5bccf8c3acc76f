import { BackendError } from '../../../ir/errors.js'
import type { Residents } from '../../residence/residents.js'
import { type DeviceBuffer, type ScalarDevice, specialNumber } from './device.js'
import { type ScalarGpu, scalarKernels } from './scalarGpu.js'

/** The part of WebGPU that is used here. */
interface WebGpu {
  readonly queue: {
    writeBuffer(buffer: RawBuffer, offset: number, data: Float32Array): void
    submit(commands: readonly object[]): void
  }
  createBuffer(settings: { readonly size: number; readonly usage: number }): RawBuffer
  createCommandEncoder(): {
    copyBufferToBuffer(from: RawBuffer, fromAt: number, to: RawBuffer, toAt: number, bytes: number): void
    finish(): object
  }
}

/** Who made an adapter, by its own account. */
export type AdapterInfo = {
  readonly vendor?: string
  readonly architecture?: string
  readonly description?: string
}

/** A buffer in WebGPU's hands; gpu.js counts who refers to it. */
interface RawBuffer {
  _refs?: number
  destroy(): void
}

/** An array of gpu.js's on the device. */
interface BufferResult {
  readonly buffer: RawBuffer
  readonly context: {
    readonly device: WebGpu
    readonly adapter: { readonly info?: AdapterInfo }
    readonly isLost: boolean
  }
  readonly kernel: { outputBuffer: RawBuffer | null }
  readonly constructor: unknown
  toArray(): Promise<Float32Array>
  delete(): void
}

type BufferResultClass = new (settings: object) => BufferResult

class GpuBuffer implements DeviceBuffer {
  constructor(
    readonly result: BufferResult,
    readonly length: number,
  ) {}
}

const resultOf = (buffer: DeviceBuffer): BufferResult => (buffer as GpuBuffer).result

// the specification's numbers for uses of a buffer: as storage, to copy from, to copy to
const usage = 0x80 | 0x04 | 0x08

const bytesOf = (length: number): number => Math.max(4, 4 * length)

/** WebGPU through gpu.js, which has its device and compiles kernels; arrays that are no kernel's result are made here. */
export const webgpuDevice = async (
  gpu: ScalarGpu,
  budget: number,
  residents: Residents,
): Promise<{ readonly device: ScalarDevice; readonly info: AdapterInfo }> => {
  const kernelOf = scalarKernels<BufferResult, Promise<BufferResult>>(gpu, {
    pipeline: true,
    immutable: true,
  })
  const sample = await gpu.createKernel<BufferResult, Promise<BufferResult>>('function() { return 0; }', {
    output: [1],
    pipeline: true,
    immutable: true,
    returnType: 'Number',
  })()
  const { device } = sample.context
  let liveBytes = 0

  const held = (result: BufferResult, length: number): GpuBuffer => {
    liveBytes += bytesOf(length)
    return new GpuBuffer(result, length)
  }
  const require = (length: number): void => {
    if (sample.context.isLost)
      throw new BackendError('gpujs: the WebGPU device was lost. Load the page again.')
    const more = bytesOf(length)
    while (liveBytes + more > budget)
      if (!residents.relieve())
        throw new BackendError(
          `gpujs: buffers within ${budget} bytes are required, got ${more} bytes more beside ${residents.description}. Hold fewer or smaller ones: await results between steps, donate arguments (jit's donate), or compute in parts.`,
        )
  }
  const empty = (length: number): GpuBuffer => {
    require(length)
    const buffer = device.createBuffer({ size: bytesOf(length), usage })
    const Class = sample.constructor as BufferResultClass
    const { context, kernel } = sample
    return held(new Class({ buffer, output: [length], componentCount: 1, context, kernel }), length)
  }
  const copy = (
    parts: readonly { readonly of: DeviceBuffer; readonly from: number; readonly length: number }[],
  ) => {
    const whole = empty(parts.reduce((n, p) => n + p.length, 0))
    const encoder = device.createCommandEncoder()
    let at = 0
    for (const { of, from, length } of parts) {
      encoder.copyBufferToBuffer(resultOf(of).buffer, 4 * from, whole.result.buffer, 4 * at, 4 * length)
      at += length
    }
    device.queue.submit([encoder.finish()])
    return whole
  }

  return {
    info: sample.context.adapter.info ?? {},
    device: {
      isDouble: false,
      residents,
      upload: (data) => {
        const made = empty(data.length)
        device.queue.writeBuffer(made.result.buffer, 0, Float32Array.from(data))
        return made
      },
      read: (buffer) => resultOf(buffer).toArray(),
      slice: (of, from, length) => copy([{ of, from, length }]),
      joined: (parts) => copy(parts.map((of) => ({ of, from: 0, length: of.length }))),
      run: async (source, arrays) => {
        require(source.length)
        const result = await kernelOf(source)(
          ...arrays.map(resultOf),
          ...source.specials.map((s) => specialNumber[s]),
        )
        // the kernel would keep its last result
        const { kernel, buffer } = result
        if (kernel.outputBuffer === buffer) {
          kernel.outputBuffer = null
          buffer._refs = (buffer._refs ?? 1) - 1
        }
        return held(result, source.length)
      },
      free: (buffer) => {
        liveBytes -= bytesOf(buffer.length)
        resultOf(buffer).delete()
      },
    },
  }
}
