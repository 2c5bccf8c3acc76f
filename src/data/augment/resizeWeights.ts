/**
 * Weights of every input for every output along one axis, row-major [outputs, inputs]: a triangle of half-width
 * max(1, inputs/outputs) inputs about the output's centre, cut off at the border, each row scaled to sum 1. Where there
 * are more outputs than inputs that is linear interpolation; where fewer, the average that keeps finer detail from
 * turning into false patterns.
 *
 * c_o = (o + ½)·inputs/outputs,  w_oi ∝ max(0, 1 − |i + ½ − c_o| / max(1, inputs/outputs))
 *
 * As Pillow's `resize(…, BILINEAR)` and torchvision's with `antialias=True`, without their rounding to bytes.
 */
export const resizeWeights = (inputs: number, outputs: number): Float64Array => {
  const scale = inputs / outputs
  const support = Math.max(1, scale)
  const weights = new Float64Array(outputs * inputs)
  for (let o = 0; o < outputs; o++) {
    const center = (o + 0.5) * scale
    const first = Math.max(0, Math.floor(center - support))
    const end = Math.min(inputs, Math.ceil(center + support))
    let total = 0
    for (let i = first; i < end; i++) {
      const weight = Math.max(0, 1 - Math.abs(i + 0.5 - center) / support)
      weights[o * inputs + i] = weight
      total += weight
    }
    for (let i = first; i < end; i++) weights[o * inputs + i] /= total
  }
  return weights
}
