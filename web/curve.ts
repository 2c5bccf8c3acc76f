const height = 260
const margin = { left: 40, right: 12, top: 12, bottom: 30 }

/** The mean of the last values, up to `count` of them, at each place. */
export const runningMean = (values: readonly number[], count: number): readonly number[] => {
  let sum = 0
  return values.map((v, i) => {
    sum += v - (i >= count ? values[i - count] : 0)
    return sum / Math.min(i + 1, count)
  })
}

/** A round number of which a few make up `range`. */
const tickStep = (range: number): number => {
  const power = 10 ** Math.floor(Math.log10(range / 4))
  return ([1, 2, 5].find((m) => range / (m * power) <= 5) ?? 10) * power
}

const ticks = (most: number): readonly number[] => {
  const step = tickStep(most)
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, i) => Number((i * step).toPrecision(6)))
}

/** Draws the losses of the steps so far, of `steps` in all, as wide as there is room, so that its words keep their size. */
export const drawCurve = (svg: SVGElement, losses: readonly number[], steps: number): void => {
  const width = Math.max(svg.clientWidth, 240)
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`)
  const top = Math.max(1, ...losses.filter(Number.isFinite)) * 1.05
  const x = (step: number) => margin.left + ((width - margin.left - margin.right) * step) / Math.max(1, steps)
  const y = (loss: number) => height - margin.bottom - ((height - margin.top - margin.bottom) * loss) / top
  const line = (values: readonly number[], name: string): string => {
    const points = values.map((v, i) => `${x(i + 1).toFixed(1)},${y(v).toFixed(1)}`).join(' ')
    return `<polyline class="${name}" points="${points}" />`
  }
  const rows = ticks(top).map(
    (v) =>
      `<line class="grid" x1="${margin.left}" x2="${width - margin.right}" y1="${y(v)}" y2="${y(v)}" />` +
      `<text x="${margin.left - 8}" y="${y(v) + 4}" text-anchor="end">${v}</text>`,
  )
  const columns = ticks(steps)
    .filter((v) => Number.isInteger(v))
    .map(
      (v) =>
        `<text x="${x(v)}" y="${height - 10}" text-anchor="${v === steps ? 'end' : 'middle'}">${v}</text>`,
    )
  svg.innerHTML = [...rows, ...columns, line(losses, 'each'), line(runningMean(losses, 20), 'mean')].join('')
}
