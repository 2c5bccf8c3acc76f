import { allocate, type DType, shortName, type TypedArray } from '../../ir/dtype.js'
import { internal } from '../../ir/errors.js'
import type { Resident } from '../residence/residents.js'
import { textureBytes, textureSize } from './layout.js'
import type { DeviceTexture, Runtime } from './runtime.js'

/** Where the elements are: in host memory, in a texture, in both, or nowhere any more. */
class Storage implements Resident {
  pins = 0
  lastUse = 0
  handle: WeakRef<object> | null = null
  readonly bytes: number

  constructor(
    readonly runtime: Runtime,
    readonly dtype: DType,
    readonly length: number,
    public data: TypedArray | null,
    public texture: DeviceTexture | null,
  ) {
    this.bytes = textureBytes(textureSize(length))
  }

  get name(): string {
    return `${shortName(this.dtype)}[${this.length}]`
  }

  /** The elements, from the device. */
  read(): TypedArray {
    if (this.texture === null) throw internal('gpujs: a freed array is read')
    const read = this.runtime.read(this.texture, this.length)
    return this.dtype === 'float32' ? read : converted(read, this.dtype)
  }

  spill(): boolean {
    try {
      this.data ??= this.read()
    } catch (error) {
      // no memory of the host's either
      if (error instanceof RangeError) return false
      throw error
    }
    return true
  }

  free(): void {
    if (this.texture !== null) this.runtime.free(this.texture)
    this.texture = null
  }
}

/** An array in host memory, on the device, or both; each is made of the other when it is asked for. */
export class DeviceArray {
  readonly #storage: Storage

  private constructor(
    readonly runtime: Runtime,
    readonly dtype: DType,
    readonly length: number,
    data: TypedArray | null,
    texture: DeviceTexture | null,
  ) {
    this.#storage = new Storage(runtime, dtype, length, data, texture)
    if (texture === null) return
    runtime.residents.add(this, this.#storage)
    runtime.use(this.#storage)
  }

  static onHost(runtime: Runtime, dtype: DType, data: TypedArray): DeviceArray {
    return new DeviceArray(runtime, dtype, data.length, data, null)
  }

  static onDevice(runtime: Runtime, dtype: DType, length: number, texture: DeviceTexture): DeviceArray {
    return new DeviceArray(runtime, dtype, length, null, texture)
  }

  get isOnDevice(): boolean {
    return this.#storage.texture !== null
  }

  get isOnHost(): boolean {
    return this.#storage.data !== null
  }

  /** The elements, not to be written to. */
  host(): TypedArray {
    this.#storage.data ??= this.#storage.read()
    return this.#storage.data
  }

  /** The elements, in an array that is the caller's. */
  own(): TypedArray {
    return this.#storage.data?.slice() ?? this.#storage.read()
  }

  /** Its texture, in which it stays until the run that asks has ended. */
  texture(): DeviceTexture {
    const { runtime } = this
    const storage = this.#storage
    const texture = storage.texture ?? this.#upload()
    runtime.use(storage)
    return texture
  }

  #upload(): DeviceTexture {
    const { runtime } = this
    const storage = this.#storage
    if (storage.data === null) throw internal('gpujs: a freed array is read')
    const texture = runtime.upload(storage.data, textureSize(this.length))
    storage.texture = texture
    const wasThere = storage.lastUse > 0
    if (wasThere) runtime.residents.takeBack(this, storage)
    else runtime.residents.add(this, storage)
    return texture
  }

  /** The same elements, in host memory of their own. */
  copy(): DeviceArray {
    return DeviceArray.onHost(this.runtime, this.dtype, this.own())
  }

  /** Gives up both; nobody reads it any more. */
  free(): void {
    this.runtime.residents.remove(this.#storage)
    this.runtime.forget(this.#storage)
    this.#storage.free()
    this.#storage.data = null
  }
}

const converted = (from: Float32Array, dtype: DType): TypedArray => {
  const to = allocate(dtype, from.length)
  to.set(from)
  return to
}
