import type { Stroke } from './drawnDigit.js'

type Point = Stroke[number]

/** A square to draw on with a pen, a finger or a mouse; `changed` is told of all strokes so far, and of none once it is cleared. */
export const drawingPad = (
  canvas: HTMLCanvasElement,
  clear: HTMLButtonElement,
  changed: (strokes: readonly Stroke[]) => void,
): void => {
  const context = canvas.getContext('2d')
  if (context === null) return
  let strokes: Point[][] = []
  const at = (event: PointerEvent): Point => {
    const { left, top, width, height } = canvas.getBoundingClientRect()
    return { x: (event.clientX - left) / width, y: (event.clientY - top) / height }
  }
  const draw = (): void => {
    const { width, height } = canvas
    context.clearRect(0, 0, width, height)
    Object.assign(context, { lineWidth: width / 14, lineCap: 'round', lineJoin: 'round' })
    context.strokeStyle = getComputedStyle(canvas).color
    for (const stroke of strokes) {
      context.beginPath()
      for (const { x, y } of [stroke[0], ...stroke]) context.lineTo(x * width, y * height)
      context.stroke()
    }
    changed(strokes)
  }
  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId)
    strokes.push([at(event)])
    draw()
  })
  canvas.addEventListener('pointermove', (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return
    strokes.at(-1)?.push(at(event))
    draw()
  })
  clear.addEventListener('click', () => {
    strokes = []
    draw()
  })
}
