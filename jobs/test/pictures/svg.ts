import { DOMParser } from 'linkedom'

/** An element of a parsed SVG file. */
export type ParsedElement = Parsed & {
  readonly textContent: string
  readonly getAttribute: (name: string) => string | null
}

/** A parsed SVG file. */
export type Parsed = { readonly querySelectorAll: (selector: string) => Iterable<ParsedElement> }

/** Parses a file as XML. */
export const parseSvg = (text: string): Parsed => new DOMParser().parseFromString(text, 'image/svg+xml')

/** The texts of all elements that a selector finds. */
export const textsOf = (svg: Parsed, selector: string): readonly string[] =>
  [...svg.querySelectorAll(selector)].map(({ textContent }) => textContent)

/** The number that an attribute holds. */
export const numberOf = (element: ParsedElement, name: string): number => Number(element.getAttribute(name))
