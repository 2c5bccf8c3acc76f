import { allocate, type DType, type TypedArray } from '../../../graph/dtype.js'
import { internal } from '../../../graph/errors.js'
import type { DeviceBuffer, ScalarDevice } from './device.js'
import { arrived, type Work } from './waiting.js'

type Held = { buffer: DeviceBuffer | null }

const release = (device: ScalarDevice, held: Held): void => {
  if (held.buffer !== null) device.free(held.buffer)
  held.buffer = null
}

/** Frees the buffers of arrays that nobody holds any more. */
const collected = new FinalizationRegistry<{ readonly device: ScalarDevice; readonly held: Held }>(
  ({ device, held }) => release(device, held),
)

/** An array in host memory, on the device, or both; each is made of the other when it is asked for. */
export class ScalarArray {
  private readonly held: Held

  private constructor(
    private readonly device: ScalarDevice,
    readonly dtype: DType,
    readonly length: number,
    private data: TypedArray | null,
    buffer: DeviceBuffer | null,
  ) {
    this.held = { buffer }
    collected.register(this, { device, held: this.held }, this.held)
  }

  static onHost(device: ScalarDevice, dtype: DType, data: TypedArray): ScalarArray {
    return new ScalarArray(device, dtype, data.length, data, null)
  }

  static onDevice(device: ScalarDevice, dtype: DType, buffer: DeviceBuffer): ScalarArray {
    return new ScalarArray(device, dtype, buffer.length, null, buffer)
  }

  /** The elements if they are in host memory, not to be written to. */
  get hostData(): TypedArray | null {
    return this.data
  }

  /** The elements, not to be written to. */
  *host(): Work<TypedArray> {
    if (this.data !== null) return this.data
    if (this.held.buffer === null) throw internal('gpujs: a freed array is read')
    const read = yield* arrived(this.device.read(this.held.buffer))
    this.data = this.dtype === 'float32' ? read : converted(read, this.dtype)
    return this.data
  }

  buffer(): DeviceBuffer {
    if (this.held.buffer !== null) return this.held.buffer
    if (this.data === null) throw internal('gpujs: a freed array is read')
    this.held.buffer = this.device.upload(this.data)
    return this.held.buffer
  }

  /** A part, where the array is; not to be written to. */
  slice(from: number, length: number): ScalarArray {
    if (this.data !== null)
      return ScalarArray.onHost(this.device, this.dtype, this.data.subarray(from, from + length))
    return ScalarArray.onDevice(this.device, this.dtype, this.device.slice(this.buffer(), from, length))
  }

  /** The same elements, in memory of their own. */
  copy(): ScalarArray {
    if (this.data !== null) return ScalarArray.onHost(this.device, this.dtype, this.data.slice())
    return this.slice(0, this.length)
  }

  /** Gives up both; nobody reads it any more. */
  free(): void {
    collected.unregister(this.held)
    release(this.device, this.held)
    this.data = null
  }
}

/** All of them in one, on the host where one of them is there. */
export function* joined(
  device: ScalarDevice,
  dtype: DType,
  parts: readonly ScalarArray[],
  length: number,
): Work<ScalarArray> {
  if (length > 0 && parts.every((p) => p.hostData === null))
    return ScalarArray.onDevice(device, dtype, device.joined(parts.map((p) => p.buffer())))
  const whole = allocate(dtype, length)
  let at = 0
  for (const part of parts) {
    whole.set(yield* part.host(), at)
    at += part.length
  }
  return ScalarArray.onHost(device, dtype, whole)
}

const converted = (from: Float32Array, dtype: DType): TypedArray => {
  const to = allocate(dtype, from.length)
  to.set(from)
  return to
}
