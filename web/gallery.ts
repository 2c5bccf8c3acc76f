import type { ImageSet } from '../jobs/src/images/data/imageSet.js'

/** Shows the first `count` digits, black on white; gives what writes the predictions under them, or dashes where there are none. */
export const showDigits = (
  place: HTMLElement,
  { pixels: bytes, labels, height, width }: ImageSet,
  count: number,
): ((predicted: ArrayLike<number>) => void) => {
  const captions = Array.from({ length: count }, (_, i) => {
    const canvas = document.createElement('canvas')
    canvas.width = width
    canvas.height = height
    const pixels = new ImageData(width, height)
    for (let p = 0; p < height * width; p++) {
      const grey = 255 - bytes[i * height * width + p]
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
      if (predicted[i] === undefined) {
        caption.className = ''
        caption.textContent = '–'
        return
      }
      const isRight = predicted[i] === labels[i]
      caption.className = isRight ? 'right' : 'wrong'
      caption.textContent = isRight ? String(predicted[i]) : `${predicted[i]}, not ${labels[i]}`
    })
  }
}
