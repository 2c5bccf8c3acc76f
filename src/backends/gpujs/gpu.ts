/** The part of gpu.js that is used here; its own declarations leave out most of it. */
export interface Gpu {
  addNativeFunction(
    name: string,
    source: string,
    settings: { readonly argumentTypes: Readonly<Record<string, string>>; readonly returnType: string },
  ): void
  createKernel(source: string, settings: object): Kernel<GlTexture>
  createKernelMap(
    subKernels: Readonly<Record<string, string>>,
    source: string,
    settings: object,
  ): Kernel<Readonly<Record<string, GlTexture>>>
}

export interface Kernel<R> {
  (...inputs: readonly GlTexture[]): R
  destroy(): void
  readonly kernel: Targets
}

/** A kernel's frame buffer: known once it has run, and told of changes. */
interface Targets {
  readonly texture: GlTexture | null
  /** The textures of the outputs before the last. */
  readonly mappedTextures: readonly GlTexture[] | null
  _textureSwitched: boolean | null
  readonly _mappedTextureSwitched: Record<number, boolean> | null
}

/** A texture in OpenGL's hands; gpu.js counts who refers to it. */
export type RawTexture = { _refs?: number }

export interface GlTexture {
  texture: RawTexture
  readonly context: Gl
  readonly size: ArrayLike<number>
  readonly internalFormat: number
}

export type GlTextureClass = new (settings: object) => GlTexture

/** The part of WebGL that is used here. */
export interface Gl {
  readonly TEXTURE15: number
  readonly TEXTURE_2D: number
  readonly TEXTURE_WRAP_S: number
  readonly TEXTURE_WRAP_T: number
  readonly CLAMP_TO_EDGE: number
  readonly TEXTURE_MIN_FILTER: number
  readonly TEXTURE_MAG_FILTER: number
  readonly NEAREST: number
  readonly RGBA: number
  readonly FLOAT: number
  readonly FRAMEBUFFER: number
  readonly COLOR_ATTACHMENT0: number
  readonly MAX_TEXTURE_SIZE: number
  readonly RENDERER: number
  getParameter(name: number): unknown
  getExtension(name: string): { readonly UNMASKED_RENDERER_WEBGL: number } | null
  isContextLost(): boolean
  createTexture(): RawTexture
  deleteTexture(texture: RawTexture): void
  createFramebuffer(): object
  activeTexture(unit: number): void
  bindTexture(target: number, texture: RawTexture): void
  texParameteri(target: number, name: number, value: number): void
  texImage2D(
    target: number,
    level: number,
    internalFormat: number,
    width: number,
    height: number,
    border: number,
    format: number,
    type: number,
    pixels: Float32Array | null,
  ): void
  texSubImage2D(
    target: number,
    level: number,
    x: number,
    y: number,
    width: number,
    height: number,
    format: number,
    type: number,
    pixels: Float32Array,
  ): void
  bindFramebuffer(target: number, framebuffer: object): void
  framebufferTexture2D(
    target: number,
    attachment: number,
    textarget: number,
    texture: RawTexture,
    level: number,
  ): void
  readPixels(
    x: number,
    y: number,
    width: number,
    height: number,
    format: number,
    type: number,
    pixels: Float32Array,
  ): void
}
