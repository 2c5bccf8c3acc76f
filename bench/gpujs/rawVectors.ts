import { arrays, type Gpu, settings, type Texture } from './gl.js'

const lanes = [0, 1, 2, 3]

type Extent = { readonly width: number; readonly height: number }

/** One expression a lane, of `v`, for each step of a chain; each step has a name of its own. */
export const rawChain = (
  gpu: Gpu,
  { width, height }: Extent,
  steps: readonly ((v: string, x: string) => string)[],
): ((x: Texture) => Texture) => {
  const body = lanes.flatMap((l) => {
    const names = [`x${l}`, ...steps.map((_, k) => `y${l}_${k}`)]
    return [
      `const x${l} = x[${l}];`,
      ...steps.map((step, k) => `const ${names[k + 1]} = ${step(names[k], names[0])};`),
    ]
  })
  const results = lanes.map((l) => `y${l}_${steps.length - 1}`).join(', ')
  return gpu.createKernel(
    `function(a) {
      const x = a[this.thread.y][this.thread.x];
      ${body.join('\n')}
      return [${results}];
    }`,
    { ...settings, ...arrays(1), output: [width, height] },
  )
}

/** Softmax along rows: maxima and sums of parts of rows, those of whole rows, and the quotients. */
export const rawSoftmax = (gpu: Gpu, rows: number, columns: number): ((x: Texture) => Texture) => {
  const width = columns / 4
  const parts = 4
  const statistics = gpu.createKernel(
    `function(a) {
      const first = this.thread.x * ${width / parts};
      let m = -3.0e38;
      for (let q = 0; q < ${width / parts}; q++) {
        const v = a[this.thread.y][first + q];
        m = Math.max(m, Math.max(Math.max(v[0], v[1]), Math.max(v[2], v[3])));
      }
      let s = 0.0;
      for (let r = 0; r < ${width / parts}; r++) {
        const v = a[this.thread.y][first + r];
        s += Math.exp(v[0] - m) + Math.exp(v[1] - m) + Math.exp(v[2] - m) + Math.exp(v[3] - m);
      }
      return [m, s, 0.0, 0.0];
    }`,
    { ...settings, ...arrays(1), output: [parts, rows] },
  )
  const combine = gpu.createKernel(
    `function(p) {
      let m = -3.0e38;
      for (let q = 0; q < ${parts}; q++) { const v = p[this.thread.y][q]; m = Math.max(m, v[0]); }
      let s = 0.0;
      for (let r = 0; r < ${parts}; r++) { const v = p[this.thread.y][r]; s += v[1] * Math.exp(v[0] - m); }
      return [m, 1.0 / s, 0.0, 0.0];
    }`,
    { ...settings, ...arrays(1), output: [1, rows] },
  )
  const quotients = gpu.createKernel(
    `function(a, w) {
      const v = a[this.thread.y][this.thread.x];
      const t = w[this.thread.y][0];
      return [${lanes.map((l) => `Math.exp(v[${l}] - t[0]) * t[1]`).join(', ')}];
    }`,
    { ...settings, ...arrays(2), output: [width, rows] },
  )
  return (x) => {
    const part = statistics(x)
    const whole = combine(part)
    const result = quotients(x, whole)
    part.delete()
    whole.delete()
    return result
  }
}

/** The sum of all elements, in three stages, four lanes a thread. */
export const rawSum = (gpu: Gpu, { width, height }: Extent): ((x: Texture) => Texture) => {
  const parts = 4
  const add = `s[0] += v[0]; s[1] += v[1]; s[2] += v[2]; s[3] += v[3];`
  const within = gpu.createKernel(
    `function(a) {
      let s = [0.0, 0.0, 0.0, 0.0];
      for (let q = 0; q < ${width / parts}; q++) { const v = a[this.thread.y][this.thread.x * ${width / parts} + q]; ${add} }
      return s;
    }`,
    { ...settings, ...arrays(1), output: [parts, height] },
  )
  const ofRows = gpu.createKernel(
    `function(a) {
      let s = [0.0, 0.0, 0.0, 0.0];
      for (let q = 0; q < ${parts}; q++) { const v = a[this.thread.y][q]; ${add} }
      return s;
    }`,
    { ...settings, ...arrays(1), output: [1, height] },
  )
  const ofAll = gpu.createKernel(
    `function(a) {
      let s = [0.0, 0.0, 0.0, 0.0];
      for (let q = 0; q < ${height}; q++) { const v = a[q][0]; ${add} }
      return [s[0] + s[1] + s[2] + s[3], 0.0, 0.0, 0.0];
    }`,
    { ...settings, ...arrays(1), output: [1, 1] },
  )
  return (x) => {
    const first = within(x)
    const second = ofRows(first)
    const result = ofAll(second)
    first.delete()
    second.delete()
    return result
  }
}
