import type { Residents } from '../../residence/residents.js'
import type { ScalarSource, Special } from './source.js'

/** Elements on a device, each as one float. */
export interface DeviceBuffer {
  readonly length: number
}

/** Where scalar kernels run. A promise has to be waited for before the next call. */
export interface ScalarDevice {
  /** Whether kernels compute in float64, so that results are to be rounded. */
  readonly isDouble: boolean
  /** Arrays that have buffers; `null`: buffers are the host's, and go with their arrays. */
  readonly residents: Residents | null
  /** `data` is not kept. */
  upload(data: ArrayLike<number>): DeviceBuffer
  read(buffer: DeviceBuffer): Float32Array | Promise<Float32Array>
  /** A copy of a part. */
  slice(buffer: DeviceBuffer, from: number, length: number): DeviceBuffer
  /** All of them in one. */
  joined(parts: readonly DeviceBuffer[]): DeviceBuffer
  run(source: ScalarSource, arrays: readonly DeviceBuffer[]): DeviceBuffer | Promise<DeviceBuffer>
  free(buffer: DeviceBuffer): void
}

/** The arguments of kernels for numbers that have no literal. */
export const specialNumber: Readonly<Record<Special, number>> = {
  infinity: Number.POSITIVE_INFINITY,
  nan: Number.NaN,
  minusZero: -0,
}
