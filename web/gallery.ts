import type { Digits } from '../src/data/digits.js'

/** Shows the first `count` digits, black on white; gives what writes the predictions under them. */
export const showDigits = (
  place: HTMLElement,
  { images, labels, rows, cols }: Digits,
  count: number,
): ((predicted: ArrayLike<number>) => void) => {
  const captions = Array.from({ length: count }, (_, i) => {
    const canvas = document.createElement('canvas')
    canvas.width = cols
    canvas.height = rows
    const pixels = new ImageData(cols, rows)
    for (let p = 0; p < rows * cols; p++) {
      const grey = 255 - images[i * rows * cols + p]
      pixels.data.set([grey, grey, grey, 255], 4 * p)
    }
    canvas.getContext('2d')?.putImageData(pixels, 0, 0)
    const caption = document.createElement('figcaption')
    caption.textContent = '–'
    const figure = document.createElement('figure')
    figure.append(canvas, caption)
    place.append(figure)
    return caption
  })
  return (predicted) => {
    captions.forEach((caption, i) => {
      const isRight = predicted[i] === labels[i]
      caption.className = isRight ? 'right' : 'wrong'
      caption.textContent = isRight ? String(predicted[i]) : `${predicted[i]}, not ${labels[i]}`
    })
  }
}
