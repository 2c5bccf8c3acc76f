import { createRequire } from 'node:module'

/** The part of gpu.js that hand-written kernels use. */
export type Texture = {
  readonly texture: object
  readonly context: Context
  framebuffer(): object
  delete(): void
}

type Context = {
  readonly FRAMEBUFFER: number
  readonly COLOR_ATTACHMENT0: number
  readonly TEXTURE_2D: number
  readonly RGBA: number
  readonly FLOAT: number
  bindFramebuffer(target: number, framebuffer: object): void
  framebufferTexture2D(target: number, at: number, kind: number, texture: object, level: number): void
  readPixels(
    x: number,
    y: number,
    w: number,
    h: number,
    format: number,
    type: number,
    out: Float32Array,
  ): void
}

type Kernel<R> = (...args: readonly (Texture | Float32Array | number)[]) => R

export type Gpu = {
  createKernel(source: string, settings: object): Kernel<Texture>
  createKernelMap(parts: object, source: string, settings: object): Kernel<Readonly<Record<string, Texture>>>
}

/** gpu.js by itself, in a GL context of its own. */
export const rawGpu = (): Gpu => {
  const { GPU } = createRequire(import.meta.url)('gpu.js') as {
    readonly GPU: new (settings: { readonly mode: string }) => Gpu
  }
  return new GPU({ mode: 'headlessgl' })
}

/** How all kernels are made: floats, on the device before and after. */
export const settings = {
  precision: 'single',
  tactic: 'precision',
  fixIntegerDivisionAccuracy: false,
  loopMaxIterations: 2 ** 30,
  pipeline: true,
  immutable: true,
  returnType: 'Array(4)',
}

/** `count` array arguments, four elements a texel. */
export const arrays = (count: number) => ({ argumentTypes: new Array<string>(count).fill('ArrayTexture(4)') })

/** What is in a texture. */
export const elementsOf = (drawn: Texture, width: number, height: number): Float32Array => {
  const gl = drawn.context
  gl.bindFramebuffer(gl.FRAMEBUFFER, drawn.framebuffer())
  gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, drawn.texture, 0)
  const out = new Float32Array(4 * width * height)
  gl.readPixels(0, 0, width, height, gl.RGBA, gl.FLOAT, out)
  return out
}

/** Waits until a texture was drawn: reads a texel that is made of it. */
export const waiting = (gpu: Gpu): ((drawn: Texture) => void) => {
  const first = gpu.createKernel('function(a) { return a[0][0]; }', {
    ...settings,
    ...arrays(1),
    output: [1, 1],
  })
  return (drawn) => {
    const texel = first(drawn)
    elementsOf(texel, 1, 1)
    texel.delete()
  }
}

/** Numbers between −1 and 1 that follow no pattern a kernel could profit from, `width` texels by `height`. */
export const filled = (gpu: Gpu, width: number, height: number, seed: number): Texture =>
  gpu.createKernel(
    `function() {
      const at = this.thread.x * 0.731 + this.thread.y * 1.937 + ${seed}.5;
      return [Math.sin(at), Math.sin(at * 1.7), Math.sin(at * 2.3), Math.sin(at * 3.1)];
    }`,
    { ...settings, output: [width, height] },
  )()
