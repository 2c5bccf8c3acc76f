import { allocate, type DType, shortName, type TypedArray } from '../../../ir/dtype.js'
import { internal } from '../../../ir/errors.js'
import type { Resident } from '../../residence/residents.js'
import { arrived, doLater, type Work } from '../../walk/waiting.js'
import type { DeviceBuffer, ScalarDevice } from './device.js'

/** Where the elements are: in host memory, in a buffer, in both, or nowhere any more. */
class Storage implements Resident {
  pins = 0
  lastUse = 0
  handle: WeakRef<object> | null = null

  constructor(
    readonly device: ScalarDevice,
    readonly dtype: DType,
    readonly length: number,
    public data: TypedArray | null,
    public buffer: DeviceBuffer | null,
  ) {}

  get bytes(): number {
    return 4 * this.length
  }

  get name(): string {
    return `${shortName(this.dtype)}[${this.length}]`
  }

  *host(): Work<TypedArray> {
    if (this.data !== null) return this.data
    if (this.buffer === null) throw internal('gpujs: a freed array is read')
    const read = yield* arrived(this.device.read(this.buffer))
    this.data = this.dtype === 'float32' ? read : converted(read, this.dtype)
    return this.data
  }

  spill(): boolean {
    // the device answers later, and programs that are under way have its buffer
    return false
  }

  async spillLater(): Promise<boolean> {
    await doLater(this.host())
    return true
  }

  free(): void {
    if (this.buffer !== null) this.device.free(this.buffer)
    this.buffer = null
  }
}

/** An array in host memory, on the device, or both; each is made of the other when it is asked for. */
export class ScalarArray {
  readonly #storage: Storage

  private constructor(
    readonly device: ScalarDevice,
    readonly dtype: DType,
    readonly length: number,
    data: TypedArray | null,
    buffer: DeviceBuffer | null,
  ) {
    this.#storage = new Storage(device, dtype, length, data, buffer)
    if (buffer !== null) device.residents?.add(this, this.#storage)
  }

  static onHost(device: ScalarDevice, dtype: DType, data: TypedArray): ScalarArray {
    return new ScalarArray(device, dtype, data.length, data, null)
  }

  static onDevice(device: ScalarDevice, dtype: DType, buffer: DeviceBuffer): ScalarArray {
    return new ScalarArray(device, dtype, buffer.length, null, buffer)
  }

  /** The elements if they are in host memory, not to be written to. */
  get hostData(): TypedArray | null {
    return this.#storage.data
  }

  /** The elements, not to be written to. */
  host(): Work<TypedArray> {
    return this.#storage.host()
  }

  buffer(): DeviceBuffer {
    const { device } = this
    const storage = this.#storage
    if (storage.buffer !== null) {
      device.residents?.touch(storage)
      return storage.buffer
    }
    if (storage.data === null) throw internal('gpujs: a freed array is read')
    const buffer = device.upload(storage.data)
    storage.buffer = buffer
    const wasThere = storage.lastUse > 0
    if (wasThere) device.residents?.takeBack(this, storage)
    else device.residents?.add(this, storage)
    return buffer
  }

  /** A part, where the array is; not to be written to. */
  slice(from: number, length: number): ScalarArray {
    const { data } = this.#storage
    if (data !== null) return ScalarArray.onHost(this.device, this.dtype, data.subarray(from, from + length))
    return ScalarArray.onDevice(this.device, this.dtype, this.device.slice(this.buffer(), from, length))
  }

  /** The same elements, in memory of their own. */
  copy(): ScalarArray {
    const { data } = this.#storage
    if (data !== null) return ScalarArray.onHost(this.device, this.dtype, data.slice())
    return this.slice(0, this.length)
  }

  /** Gives up both; nobody reads it any more. */
  free(): void {
    this.device.residents?.remove(this.#storage)
    this.#storage.free()
    this.#storage.data = null
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
