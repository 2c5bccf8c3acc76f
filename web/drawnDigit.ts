import type { ImageBatch } from '../jobs/src/images/data/imageBatch.js'

/** Where a pen went: places on a square whose sides are 1. */
export type Stroke = readonly { readonly x: number; readonly y: number }[]

/** As the digits of MNIST: 28×28, the longer side 20, drawn with a pen of about 2, the centre of mass in the middle. */
const [size, longest, pen] = [28, 20, 2.2]
/** A dot is not blown up to a blot. */
const leastExtent = 0.15

const drawnAt = (
  context: CanvasRenderingContext2D,
  strokes: readonly Stroke[],
  place: (point: Stroke[number]) => readonly [x: number, y: number],
): Uint8ClampedArray => {
  context.fillStyle = 'black'
  context.fillRect(0, 0, size, size)
  Object.assign(context, { strokeStyle: 'white', lineWidth: pen, lineCap: 'round', lineJoin: 'round' })
  for (const stroke of strokes) {
    context.beginPath()
    // a line of no length is a dot
    for (const point of [stroke[0], ...stroke]) context.lineTo(...place(point))
    context.stroke()
  }
  return context.getImageData(0, 0, size, size).data.filter((_, i) => i % 4 === 0)
}

/** The centre of mass of ink. */
const centreOf = (ink: ArrayLike<number>): readonly [x: number, y: number] => {
  let [sum, sumX, sumY] = [0, 0, 0]
  for (let i = 0; i < ink.length; i++) {
    sum += ink[i]
    sumX += ink[i] * ((i % size) + 0.5)
    sumY += ink[i] * (Math.floor(i / size) + 0.5)
  }
  return [sumX / sum, sumY / sum]
}

/** The drawing, as a network of MNIST's digits takes it. */
export const drawnDigit = (context: CanvasRenderingContext2D, strokes: readonly Stroke[]): ImageBatch => {
  const points = strokes.flat()
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)]
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)]
  const scale = (longest - pen) / Math.max(right - left, bottom - top, leastExtent)
  const [middleX, middleY] = [(left + right) / 2, (top + bottom) / 2]
  const around = (cx: number, cy: number) =>
    drawnAt(context, strokes, ({ x, y }) => [cx + scale * (x - middleX), cy + scale * (y - middleY)])
  const [x, y] = centreOf(around(size / 2, size / 2))
  const ink = around(size - x, size - y)
  return {
    size: 1,
    channels: 1,
    height: size,
    width: size,
    images: Float32Array.from(ink, (byte) => byte / 255),
    labels: Int32Array.of(0),
    indices: Int32Array.of(0),
  }
}
