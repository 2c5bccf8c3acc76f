import { BackendError, internal } from '../../ir/errors.js'
import { type Resident, Residents } from '../residence/residents.js'
import type { Gl, GlTexture, GlTextureClass, Gpu, Kernel, RawTexture } from './gpu.js'
import { type TextureSize, textureBytes } from './layout.js'
import { natives } from './natives.js'
import { prelude } from './prelude.js'
import { TexturePool } from './texturePool.js'

/** Modes in which gpu.js runs kernels on OpenGL textures. */
export type GlMode = 'headlessgl' | 'webgl2'

/** An array on the device. */
export type DeviceTexture = { readonly gl: GlTexture; readonly size: TextureSize }

/** The recipe of a kernel; kernels of equal recipes are one. */
export type Recipe = {
  /** `function(b0, b1, …) {…}`; outputs before the last are given to `out0(v)`, `out1(v)`, …, the last is returned. */
  readonly source: string
  readonly inputs: readonly TextureSize[]
  readonly outputs: number
  readonly size: TextureSize
}

/** A compiled kernel; once it is destroyed, another is to be asked for. */
export type DeviceKernel = {
  readonly run: (inputs: readonly DeviceTexture[]) => readonly DeviceTexture[]
  readonly isDestroyed: boolean
}

type KeptKernel = {
  readonly run: DeviceKernel['run']
  readonly destroy: () => void
  isDestroyed: boolean
  lastRun: number
}

/** The most that may be held at once. */
export type Limits = {
  /** Bytes of textures. */
  readonly bytes: number
  /** Compiled kernels: each holds memory of the driver. */
  readonly kernels: number
}

const settings = {
  precision: 'single',
  tactic: 'precision',
  fixIntegerDivisionAccuracy: false,
  loopMaxIterations: 2 ** 30,
  pipeline: true,
  immutable: true,
  returnType: 'Array(4)',
}

/** gpu.js on one OpenGL context: kernels, and arrays as textures. */
export class Runtime {
  readonly #kernels = new Map<string, KeptKernel>()
  #runs = 0
  readonly #context: Gl
  readonly #sample: GlTexture
  readonly #largest: number
  readonly #pool: TexturePool
  /** To read through. */
  readonly #framebuffer: object
  #liveBytes = 0
  /** The arrays that the present run has used; `null`: there is none. */
  #inUse: Set<Resident> | null = null

  readonly #gpu: Gpu
  readonly #limits: Limits

  constructor(
    gpu: Gpu,
    readonly mode: GlMode,
    limits: Limits,
    /** Arrays that have textures. */
    readonly residents = new Residents(),
  ) {
    this.#gpu = gpu
    this.#limits = limits

    for (const { name, source, argumentTypes, returnType } of natives)
      gpu.addNativeFunction(name, source, { argumentTypes: { ...argumentTypes }, returnType })
    const seed = gpu.createKernel('function() { return [0.0, 0.0, 0.0, 0.0]; }', {
      ...settings,
      output: [1, 1],
    })
    this.#sample = seed()
    this.#context = this.#sample.context
    this.#largest = this.#context.getParameter(this.#context.MAX_TEXTURE_SIZE) as number
    this.#pool = new TexturePool(this.#context, this.#sample.internalFormat, limits.bytes / 8)
    this.#framebuffer = this.#context.createFramebuffer()
  }

  /** Bytes of textures that are held. */
  get bytes(): number {
    return this.#liveBytes
  }

  /** Runs a program's work: the arrays it uses stay on the device meanwhile. */
  during<T>(run: () => T): T {
    const outer = this.#inUse
    const own = new Set<Resident>()
    this.#inUse = own
    try {
      return run()
    } finally {
      for (const resident of own) this.residents.unpin(resident)
      this.#inUse = outer
    }
  }

  /** Keeps an array on the device until the run that is under way has ended. */
  use(resident: Resident): void {
    if (this.#inUse === null || this.#inUse.has(resident)) return
    this.#inUse.add(resident)
    this.residents.pin(resident)
  }

  /** Forgets an array that was freed. */
  forget(resident: Resident): void {
    this.#inUse?.delete(resident)
  }

  /** The renderer's own description. */
  get renderer(): string {
    const gl = this.#context
    const info = gl.getExtension('WEBGL_debug_renderer_info')
    return String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER))
  }

  /** The elements as a texture; `data` is not kept. @throws BackendError */
  upload(data: ArrayLike<number>, size: TextureSize): DeviceTexture {
    this.#require(size, 1)
    const gl = this.#context
    const { width, height } = size
    const texture = this.#pool.take(size)
    gl.activeTexture(gl.TEXTURE15)
    gl.bindTexture(gl.TEXTURE_2D, texture)
    const fill = (row: number, rows: number, pixels: Float32Array): void =>
      gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, row, width, rows, gl.RGBA, gl.FLOAT, pixels)
    const floats = data instanceof Float32Array ? data : Float32Array.from(data)
    // whole rows as they are, the rest filled up with zeros
    const rows = Math.floor(floats.length / (4 * width))
    if (rows > 0) fill(0, rows, floats.subarray(0, 4 * width * rows))
    if (rows < height) {
      const rest = new Float32Array(4 * width * (height - rows))
      rest.set(floats.subarray(4 * width * rows))
      fill(rows, height - rows, rest)
    }
    this.#pool.hold(texture)
    return this.#held(this.#wrapped(texture, size), size)
  }

  #wrapped(texture: RawTexture, { width, height }: TextureSize): GlTexture {
    const Class = this.#sample.constructor as GlTextureClass
    return new Class({
      ...this.#sample,
      texture,
      size: [width, height],
      dimensions: [width, height, 1],
      output: [width, height],
      _framebuffer: undefined,
      _deleted: false,
    })
  }

  #held(gl: GlTexture, size: TextureSize): DeviceTexture {
    if (gl.size[0] !== size.width || gl.size[1] !== size.height)
      throw internal(
        `gpujs: a texture of ${size.width}×${size.height} is required, got ${gl.size[0]}×${gl.size[1]}`,
      )
    this.#liveBytes += textureBytes(size)
    return { gl, size }
  }

  /** The first `count` elements, in an array of their own. @throws BackendError where the context was lost */
  read({ gl: texture, size }: DeviceTexture, count: number): Float32Array {
    this.#requireContext()
    const gl = this.#context
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.#framebuffer)
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture.texture, 0)
    const { width } = size
    const out = new Float32Array(count)
    // whole rows as they are; gl writes whole texels, and only a part of the last may be wanted
    const rows = Math.floor(count / (4 * width))
    const inRows = 4 * width * rows
    if (rows > 0)
      gl.readPixels(0, 0, width, rows, gl.RGBA, gl.FLOAT, inRows === count ? out : out.subarray(0, inRows))
    if (inRows < count) {
      const texels = Math.ceil((count - inRows) / 4)
      const rest = new Float32Array(4 * texels)
      gl.readPixels(0, rows, texels, 1, gl.RGBA, gl.FLOAT, rest)
      out.set(rest.subarray(0, count - inRows), inRows)
    }
    // lost while it was read: then the array was left as it was, zeros
    this.#requireContext()
    return out
  }

  free({ gl, size }: DeviceTexture): void {
    this.#liveBytes -= textureBytes(size)
    this.#pool.give(gl.texture, size)
  }

  #requireContext(): void {
    if (!this.#context.isContextLost()) return
    const fix = this.mode === 'webgl2' ? 'Load the page again.' : 'Start the program again.'
    throw new BackendError(`gpujs: a GL context is required, got one that was lost. ${fix}`)
  }

  /** @throws BackendError where the textures do not fit, or the context was lost */
  #require(size: TextureSize, outputs: number): void {
    this.#requireContext()
    if (size.height > this.#largest || size.width > this.#largest) {
      throw new BackendError(
        `gpujs: arrays of at most ${4 * 4096 * this.#largest} elements are required, got ${4 * size.width * size.height}. Split the array.`,
      )
    }
    this.#makeRoom(outputs * textureBytes(size))
  }

  #makeRoom(more: number): void {
    const { bytes } = this.#limits
    this.residents.makeRoom(more)
    while (this.#liveBytes + more > bytes)
      if (!this.residents.relieve())
        throw new BackendError(
          `gpujs: textures within ${bytes} bytes are required, got ${more} bytes more beside ${this.residents.description}. Hold fewer or smaller ones: donate arguments (jit's donate), or compute in parts.`,
        )
    this.#pool.shrink(Math.max(0, bytes - this.#liveBytes - more))
  }

  /** The compiled kernel. @throws BackendError where the device refuses it */
  kernel(recipe: Recipe): DeviceKernel {
    const { source, inputs, outputs, size } = recipe
    const key = `${size.width}x${size.height} ${outputs} ${inputs.map((s) => `${s.width}x${s.height}`).join(',')} ${source}`
    const known = this.#kernels.get(key)
    if (known !== undefined) return known
    if (this.#kernels.size >= this.#limits.kernels) this.#destroyOldest()
    const { run, destroy } = this.#compile(recipe)
    const made: KeptKernel = {
      isDestroyed: false,
      lastRun: this.#runs,
      run: (args) => {
        made.lastRun = ++this.#runs
        return run(args)
      },
      destroy,
    }
    this.#kernels.set(key, made)
    return made
  }

  /** Destroys the kernel that has not run for the longest. */
  #destroyOldest(): void {
    const [key, kernel] = [...this.#kernels].reduce((a, b) => (b[1].lastRun < a[1].lastRun ? b : a))
    kernel.isDestroyed = true
    kernel.destroy()
    this.#kernels.delete(key)
  }

  #compile({ source, inputs, outputs, size }: Recipe): {
    readonly run: DeviceKernel['run']
    readonly destroy: () => void
  } {
    const options = {
      ...settings,
      output: [size.width, size.height],
      argumentTypes: inputs.map(() => 'ArrayTexture(4)'),
      injectedNative: prelude,
    }
    const others = Array.from({ length: outputs - 1 }, (_, i) => `out${i}`)
    const run = <R>(kernel: Kernel<R>, made: (result: R) => readonly GlTexture[]): DeviceKernel['run'] => {
      let hasRun = false
      return (args) => {
        this.#require(size, outputs)
        if (hasRun) this.#retarget(kernel, size)
        const result = made(kernel(...args.map((a) => a.gl)))
        hasRun = true
        return result.map((texture) => {
          this.#pool.hold(texture.texture)
          return this.#held(texture, size)
        })
      }
    }
    if (outputs === 1) {
      const kernel = this.#gpu.createKernel(source, options)
      return { run: run(kernel, (texture) => [texture]), destroy: () => kernel.destroy() }
    }
    const subKernels = Object.fromEntries(others.map((name) => [name, `function ${name}(v) { return v; }`]))
    const kernel = this.#gpu.createKernelMap(subKernels, source, options)
    return {
      run: run(kernel, (made) => [...others, 'result'].map((name) => made[name])),
      destroy: () => kernel.destroy(),
    }
  }

  /** Lets a kernel draw to textures of the pool: those of its last run, where they are free again. */
  #retarget({ kernel }: Kernel<unknown>, size: TextureSize): void {
    const { texture, mappedTextures, _mappedTextureSwitched: switched } = kernel
    if (texture === null) throw internal('gpujs: a kernel that ran draws to no texture')
    mappedTextures?.forEach((target, i) => {
      const next = this.#pool.take(size, target.texture)
      if (next !== target.texture && switched !== null) switched[i] = true
      target.texture = next
    })
    const next = this.#pool.take(size, texture.texture)
    if (next !== texture.texture) kernel._textureSwitched = true
    texture.texture = next
  }
}
