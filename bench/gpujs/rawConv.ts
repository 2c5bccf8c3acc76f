import { arrays, type Gpu, settings, type Texture } from './gl.js'
import { accumulate, eightResults, eightSums, resultNames, sevenOutputs } from './rawMatmul.js'

const lanes = [0, 1, 2, 3]

/** Of 3×3 kernels on square images, with a border of one zero. */
export type ConvSizes = {
  readonly images: number
  readonly inputs: number
  readonly outputs: number
  readonly side: number
}

/** An array of the host's as a texture. */
const uploaded = (gpu: Gpu, data: Float32Array, width: number): Texture =>
  gpu.createKernel(
    `function(a) {
      const at = (this.thread.y * ${width} + this.thread.x) * 4;
      return [a[at], a[at + 1], a[at + 2], a[at + 3]];
    }`,
    { ...settings, argumentTypes: ['Array'], output: [width, data.length / 4 / width] },
  )(data)

/** Elements in another order: `index` gives the place of each. */
const arranged = (
  from: Float32Array,
  [a, b, c, d]: readonly [number, number, number, number],
  to: number,
  index: (i: number, j: number, k: number, l: number) => number,
): Float32Array => {
  const out = new Float32Array(to)
  let at = 0
  for (let i = 0; i < a; i++)
    for (let j = 0; j < b; j++)
      for (let k = 0; k < c; k++) for (let l = 0; l < d; l++) out[index(i, j, k, l)] = from[at++]
  return out
}

/** Reads of all eight parts at one place, the four that make a texel of the result by lane. */
const joined = (names: readonly string[], place: string, lane: string, half: string): string => `
  const h = ${half};
  const l = ${lane};
  ${lanes
    .map(
      (i) => `
  const u${i} = ${names[i]}${place};
  const v${i} = ${names[i + 4]}${place};
  let t${i} = 0.0;
  if (h < 0.5) { if (l < 0.5) { t${i} = u${i}[0]; } else { if (l < 1.5) { t${i} = u${i}[1]; } else { if (l < 2.5) { t${i} = u${i}[2]; } else { t${i} = u${i}[3]; } } } }
  else { if (l < 0.5) { t${i} = v${i}[0]; } else { if (l < 1.5) { t${i} = v${i}[1]; } else { if (l < 2.5) { t${i} = v${i}[2]; } else { t${i} = v${i}[3]; } } } }`,
    )
    .join('')}`

const partNames = resultNames.map((_, i) => `p${i}`)

const inTwoKernels =
  (
    product: (...args: Texture[]) => Readonly<Record<string, Texture>>,
    merge: (...args: Texture[]) => Texture,
    operands: readonly Texture[],
  ) =>
  (): Texture => {
    const parts = product(...operands)
    const whole = merge(...resultNames.map((name) => parts[name]))
    for (const name of resultNames) parts[name].delete()
    return whole
  }

/**
 * Operands are there as the kernels want them: pixels with a border, their channels together, four a texel; weights
 * with outputs together. A thread makes eight pixels by four outputs.
 */
export const rawConv = (
  gpu: Gpu,
  { images, inputs, outputs, side }: ConvSizes,
  x: Float32Array,
  kernel: Float32Array,
): { readonly run: () => Texture; readonly operands: readonly Texture[] } => {
  const bordered = side + 2
  const [depth, width] = [inputs / 4, outputs / 4]
  const pixels = arranged(
    x,
    [images, inputs, side, side],
    images * bordered ** 2 * inputs,
    (n, c, h, w) => ((n * bordered + h + 1) * bordered + w + 1) * inputs + c,
  )
  const weights = arranged(
    kernel,
    [outputs, inputs, 3, 3],
    kernel.length,
    (o, c, i, j) => ((i * 3 + j) * inputs + c) * outputs + o,
  )
  const operands = [uploaded(gpu, pixels, bordered * depth), uploaded(gpu, weights, width)]
  const blocks = side / 8
  const product = gpu.createKernelMap(
    sevenOutputs,
    `function(x, w) {
      ${eightSums.join('\n')}
      const line = Math.floor(this.thread.y / ${blocks});
      const image = Math.floor(line / ${side});
      const row = line + image * 2;
      const first = (this.thread.y - line * ${blocks}) * ${8 * depth};
      for (let i = 0; i < 3; i++) {
        for (let j = 0; j < 3; j++) {
          for (let q = 0; q < ${depth}; q++) {
            ${lanes.map((l) => `const w${l} = w[(i * 3 + j) * ${inputs} + q * 4 + ${l}][this.thread.x];`).join('\n')}
            ${accumulate((i) => `x[row + i][first + (j + ${i}) * ${depth} + q]`).join('\n')}
          }
        }
      }
      ${eightResults.join('\n')}
    }`,
    { ...settings, ...arrays(2), output: [width, images * side * blocks] },
  )
  const quarter = side / 4
  const merge = gpu.createKernel(
    `function(${partNames.join(', ')}) {
      const image = Math.floor(this.thread.y / ${outputs});
      const o = this.thread.y - image * ${outputs};
      const ot = Math.floor(o / 4);
      const line = Math.floor(this.thread.x / ${quarter});
      const wt = this.thread.x - line * ${quarter};
      const wb = Math.floor(wt / 2);
      const y = (image * ${side} + line) * ${blocks} + wb;
      ${joined(partNames, '[y][ot]', 'o - ot * 4', 'wt - wb * 2')}
      return [t0, t1, t2, t3];
    }`,
    { ...settings, ...arrays(8), output: [side * quarter, images * outputs] },
  )
  return { run: inTwoKernels(product, merge, operands), operands }
}

/** The derivative by the kernel: four images a texel, eight places of the kernel by four outputs a thread, lines in parts. */
export const rawKernelGradient = (
  gpu: Gpu,
  { images, inputs, outputs, side }: ConvSizes,
  x: Float32Array,
  ct: Float32Array,
): { readonly run: () => Texture; readonly operands: readonly Texture[] } => {
  const bordered = side + 2
  const [depth, width] = [images / 4, outputs / 4]
  const pixels = arranged(
    x,
    [images, inputs, side, side],
    images * bordered ** 2 * inputs,
    (n, c, h, w) => ((c * bordered + h + 1) * bordered + w + 1) * images + n,
  )
  const cts = arranged(
    ct,
    [images, outputs, side, side],
    ct.length,
    (n, o, h, w) => ((h * side + w) * images + n) * outputs + o,
  )
  const operands = [uploaded(gpu, pixels, bordered * depth), uploaded(gpu, cts, side * images * width)]
  const places = inputs * 9
  const blocks = places / 8
  const splits = 8
  const lines = side / splits
  const product = gpu.createKernelMap(
    sevenOutputs,
    `function(x, g) {
      ${eightSums.join('\n')}
      const part = Math.floor(this.thread.y / ${blocks});
      const first = (this.thread.y - part * ${blocks}) * 8;
      ${[0, 1, 2, 3, 4, 5, 6, 7]
        .map(
          (i) => `
      const c${i} = Math.floor((first + ${i}) / 9);
      const k${i} = first + ${i} - c${i} * 9;
      const i${i} = Math.floor(k${i} / 3);
      const row${i} = c${i} * ${bordered} + i${i};
      const col${i} = (k${i} - i${i} * 3) * ${depth};`,
        )
        .join('')}
      for (let r = 0; r < ${lines}; r++) {
        for (let c = 0; c < ${side}; c++) {
          for (let q = 0; q < ${depth}; q++) {
            ${lanes.map((l) => `const w${l} = g[part * ${lines} + r][(c * ${images} + q * 4 + ${l}) * ${width} + this.thread.x];`).join('\n')}
            ${accumulate((i) => `x[row${i} + part * ${lines} + r][col${i} + c * ${depth} + q]`).join('\n')}
          }
        }
      }
      ${eightResults.join('\n')}
    }`,
    { ...settings, ...arrays(2), output: [width, splits * blocks] },
  )
  const merge = gpu.createKernel(
    `function(${partNames.join(', ')}) {
      const ot = Math.floor(this.thread.y / 4);
      const block = Math.floor(this.thread.x / 2);
      const s = [0.0, 0.0, 0.0, 0.0];
      for (let part = 0; part < ${splits}; part++) {
        ${joined(partNames, `[part * ${blocks} + block][ot]`, 'this.thread.y - ot * 4', 'this.thread.x - block * 2')}
        s[0] += t0; s[1] += t1; s[2] += t2; s[3] += t3;
      }
      return s;
    }`,
    { ...settings, ...arrays(8), output: [places / 4, outputs] },
  )
  return { run: inTwoKernels(product, merge, operands), operands }
}
