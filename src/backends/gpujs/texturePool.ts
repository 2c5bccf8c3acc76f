import type { Gl, RawTexture } from './gpu.js'
import { type TextureSize, textureBytes } from './layout.js'

/**
 * gpu.js counts who refers to a texture, and makes a new one for a kernel, or deletes one, by that count. Ours are
 * held by nobody else, or counted so high that gpu.js never deletes them.
 */
const [ownAlone, ownForever] = [1, 2 ** 30]

type Kept = { readonly size: TextureSize; readonly textures: RawTexture[] }

/**
 * Textures that were given up, kept for the next of their size: to make one costs more than most kernels take to draw
 * it, since its memory is filled with zeros and mapped anew.
 */
export class TexturePool {
  /** By size, the texture that was given up last at the end; the sizes likewise. */
  readonly #free = new Map<number, Kept>()
  #freeBytes = 0

  readonly #gl: Gl
  readonly #internalFormat: number
  /** Kept at most. */
  readonly #mostBytes: number

  constructor(gl: Gl, internalFormat: number, mostBytes: number) {
    this.#gl = gl
    this.#internalFormat = internalFormat
    this.#mostBytes = mostBytes
  }

  /** Bytes that are kept. */
  get bytes(): number {
    return this.#freeBytes
  }

  /** A texture whose content nobody needs; `preferred`, if that is free. */
  take(size: TextureSize, preferred: RawTexture | null = null): RawTexture {
    const key = keyOf(size)
    const kept = this.#free.get(key)
    if (kept === undefined) return this.#make(size)
    const { textures } = kept
    const at = preferred === null ? -1 : textures.lastIndexOf(preferred)
    const [texture] = textures.splice(at, 1)
    if (textures.length === 0) this.#free.delete(key)
    this.#freeBytes -= textureBytes(size)
    texture._refs = ownAlone
    return texture
  }

  /** Keeps a texture that was filled, or drawn by a kernel: from now on gpu.js leaves it alone. */
  hold(texture: RawTexture): void {
    texture._refs = ownForever
  }

  give(texture: RawTexture, size: TextureSize): void {
    const key = keyOf(size)
    const kept = this.#free.get(key) ?? { size, textures: [] }
    kept.textures.push(texture)
    this.#free.delete(key)
    this.#free.set(key, kept)
    this.#freeBytes += textureBytes(size)
    this.shrink(this.#mostBytes)
  }

  /** Deletes textures, those first whose size was not used for longest, until at most `bytes` are kept. */
  shrink(bytes: number): void {
    if (this.#freeBytes <= bytes) return
    for (const [key, { size, textures }] of this.#free) {
      while (this.#freeBytes > bytes) {
        const texture = textures.shift()
        if (texture === undefined) break
        this.#gl.deleteTexture(texture)
        this.#freeBytes -= textureBytes(size)
      }
      if (textures.length > 0) return
      this.#free.delete(key)
    }
  }

  #make({ width, height }: TextureSize): RawTexture {
    const gl = this.#gl
    const texture = gl.createTexture()
    gl.activeTexture(gl.TEXTURE15)
    gl.bindTexture(gl.TEXTURE_2D, texture)
    for (const side of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T])
      gl.texParameteri(gl.TEXTURE_2D, side, gl.CLAMP_TO_EDGE)
    for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER])
      gl.texParameteri(gl.TEXTURE_2D, filter, gl.NEAREST)
    gl.texImage2D(gl.TEXTURE_2D, 0, this.#internalFormat, width, height, 0, gl.RGBA, gl.FLOAT, null)
    texture._refs = ownAlone
    return texture
  }
}

const keyOf = ({ width, height }: TextureSize): number => width * 2 ** 20 + height
