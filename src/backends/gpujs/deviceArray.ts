import { allocate, type DType, type TypedArray } from '../../graph/dtype.js'
import { internal } from '../../graph/errors.js'
import { textureSize } from './layout.js'
import type { DeviceTexture, Runtime } from './runtime.js'

/** Frees the textures of arrays that nobody holds any more. */
const collected = new FinalizationRegistry<{ readonly runtime: Runtime; readonly held: Held }>(
  ({ runtime, held }) => free(runtime, held),
)

type Held = { texture: DeviceTexture | null }

const free = (runtime: Runtime, held: Held): void => {
  if (held.texture !== null) runtime.free(held.texture)
  held.texture = null
}

/** An array in host memory, on the device, or both; each is made of the other when it is asked for. */
export class DeviceArray {
  private readonly held: Held

  private constructor(
    private readonly runtime: Runtime,
    readonly dtype: DType,
    readonly length: number,
    private data: TypedArray | null,
    texture: DeviceTexture | null,
  ) {
    this.held = { texture }
    collected.register(this, { runtime, held: this.held }, this.held)
  }

  static onHost(runtime: Runtime, dtype: DType, data: TypedArray): DeviceArray {
    return new DeviceArray(runtime, dtype, data.length, data, null)
  }

  static onDevice(runtime: Runtime, dtype: DType, length: number, texture: DeviceTexture): DeviceArray {
    return new DeviceArray(runtime, dtype, length, null, texture)
  }

  get isOnDevice(): boolean {
    return this.held.texture !== null
  }

  get isOnHost(): boolean {
    return this.data !== null
  }

  /** The elements, not to be written to. */
  host(): TypedArray {
    if (this.data !== null) return this.data
    this.data = this.fromDevice()
    return this.data
  }

  /** The elements, in an array that is the caller's. */
  own(): TypedArray {
    return this.data === null ? this.fromDevice() : this.data.slice()
  }

  private fromDevice(): TypedArray {
    if (this.held.texture === null) throw internal('gpujs: a freed array is read')
    const read = this.runtime.read(this.held.texture, this.length)
    return this.dtype === 'float32' ? read : converted(read, this.dtype)
  }

  texture(): DeviceTexture {
    if (this.held.texture !== null) return this.held.texture
    if (this.data === null) throw internal('gpujs: a freed array is read')
    this.held.texture = this.runtime.upload(this.data, textureSize(this.length))
    return this.held.texture
  }

  /** The same elements, in host memory of their own. */
  copy(): DeviceArray {
    return DeviceArray.onHost(this.runtime, this.dtype, this.own())
  }

  /** Gives up both; nobody reads it any more. */
  free(): void {
    collected.unregister(this.held)
    free(this.runtime, this.held)
    this.data = null
  }
}

const converted = (from: Float32Array, dtype: DType): TypedArray => {
  const to = allocate(dtype, from.length)
  to.set(from)
  return to
}
