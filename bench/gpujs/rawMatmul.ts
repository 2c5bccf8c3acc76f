import { arrays, type Gpu, settings, type Texture } from './gl.js'

const outputs = [0, 1, 2, 3, 4, 5, 6, 7]
const lanes = [0, 1, 2, 3]

/** Gives each of the first seven results to a texture of its own. */
export const sevenOutputs = Object.fromEntries(
  outputs.slice(0, 7).map((i) => [`out${i}`, `function out${i}(v) { return v; }`]),
)

/** The statements `s0 … s7 += …·w`, the weights of four lanes by four steps of the sum in `w0 … w3`. */
export const accumulate = (left: (output: number) => string): readonly string[] =>
  outputs.flatMap((i) => [
    `const a${i} = ${left(i)};`,
    ...lanes.map((c) => `s${i}[${c}] += ${lanes.map((l) => `a${i}[${l}] * w${l}[${c}]`).join(' + ')};`),
  ])

export const eightSums: readonly string[] = outputs.map((i) => `let s${i} = [0.0, 0.0, 0.0, 0.0];`)
export const eightResults: readonly string[] = outputs.map((i) => (i < 7 ? `out${i}(s${i});` : 'return s7;'))
export const resultNames: readonly string[] = [...Object.keys(sevenOutputs), 'result']

/**
 * n×n matrices in textures as wide as their rows: a thread makes eight rows by four columns, in eight textures, which a
 * second kernel puts together.
 */
export const rawMatmul = (gpu: Gpu, n: number): ((a: Texture, b: Texture) => Texture) => {
  const width = n / 4
  const product = gpu.createKernelMap(
    sevenOutputs,
    `function(a, b) {
      ${eightSums.join('\n')}
      for (let q = 0; q < ${width}; q++) {
        ${lanes.map((l) => `const w${l} = b[q * 4 + ${l}][this.thread.x];`).join('\n')}
        ${accumulate((i) => `a[this.thread.y * 8 + ${i}][q]`).join('\n')}
      }
      ${eightResults.join('\n')}
    }`,
    { ...settings, ...arrays(2), output: [width, n / 8] },
  )
  const merge = gpu.createKernel(
    `function(${outputs.map((i) => `p${i}`).join(', ')}) {
      const row = Math.floor(this.thread.y / 8);
      const which = this.thread.y - row * 8;
      ${outputs
        .slice(0, 7)
        .map((i) => `if (which < ${i}.5) { return p${i}[row][this.thread.x]; }`)
        .join('\n')}
      return p7[row][this.thread.x];
    }`,
    { ...settings, ...arrays(8), output: [width, n] },
  )
  return (a, b) => {
    const parts = product(a, b)
    const whole = merge(...resultNames.map((name) => parts[name]))
    for (const name of resultNames) parts[name].delete()
    return whole
  }
}
