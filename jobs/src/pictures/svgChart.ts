import { parseHTML } from 'linkedom'

/** The parts of elements and documents that are used; the compiler knows no DOM here. */
export type SvgElement = {
  readonly setAttribute: (name: string, value: string) => void
  readonly getAttribute: (name: string) => string | null
  readonly querySelector: (selector: string) => { readonly remove: () => void } | null
  readonly append: (...children: readonly SvgElement[]) => void
  readonly prepend: (...children: readonly SvgElement[]) => void
  readonly outerHTML: string
  textContent: string | null
}
type SvgDocument = { readonly createElementNS: (space: string, name: string) => SvgElement }

/** Draws into a document of its own: `Plot.plot` with `document`. */
export type Draw = (document: SvgDocument) => SvgElement

const fontFamily = 'Helvetica, Arial, DejaVu Sans, sans-serif'
export const inkColor = '#222'

/** Characters that XML can't hold become a replacement character. */
export const xmlText = (text: string): string =>
  text.replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\u{fffd}')

/** Plot numbers its clip paths through the whole process; ours are counted in each file, so that equal charts are equal. */
const renumbered = (svg: string): string => {
  const numbers = [...new Set(Array.from(svg.matchAll(/id="plot-clip-(\d+)"/g), ([, number]) => number))]
  return svg.replace(/plot-clip-(\d+)/g, (all, number: string) =>
    numbers.includes(number) ? `clip-${numbers.indexOf(number)}` : all,
  )
}

/** Makes an element of SVG. */
export type MakeElement = (
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  text?: string,
) => SvgElement

/**
 * A chart as a standalone SVG file: white ground, one font, a title in the left upper corner; `beside` adds to it.
 */
export const svgChart = (
  draw: Draw,
  {
    title,
    left,
    beside,
  }: {
    readonly title: string
    readonly left: number
    readonly beside?: (element: MakeElement) => readonly SvgElement[]
  },
): string => {
  const { document }: { readonly document: SvgDocument } = parseHTML(
    '<!doctype html><html><body></body></html>',
  )
  const element: MakeElement = (name, attributes, text = '') => {
    const made = document.createElementNS('http://www.w3.org/2000/svg', name)
    if (name === 'text') made.setAttribute('text-anchor', 'start')
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value))
    made.textContent = xmlText(text)
    return made
  }
  const chart = draw(document)
  const [width, height] = ['width', 'height'].map((name) => chart.getAttribute(name) ?? '0')
  chart.querySelector('style')?.remove()
  chart.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  chart.setAttribute('font-family', fontFamily)
  chart.setAttribute('fill', inkColor)
  chart.setAttribute('font-size', '12')
  chart.prepend(element('rect', { width, height, fill: 'white' }))
  chart.append(
    element('text', { x: left, y: 26, 'font-size': 16, 'font-weight': 'bold', fill: inkColor }, title),
    ...(beside?.(element) ?? []),
  )
  return `<?xml version="1.0" encoding="UTF-8"?>\n${renumbered(chart.outerHTML)}\n`
}
