import { pageStyle } from './pageStyle.js'

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** `text` as the content of an element or of a quoted attribute. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => entities[char])

/** A picture as the content of its file, and what it shows in words. */
export type PagePicture = {
  readonly file:
    | { readonly _tag: 'Svg'; readonly text: string }
    | { readonly _tag: 'Png'; readonly bytes: Uint8Array }
  readonly caption: string
}

/** A number or words; `null` is a gap. */
type Figure = number | string | null
type Shown = Figure | boolean

/** A label and what stands under it. */
type PageFact = { readonly label: string; readonly value: Shown }

/** The contents of a run's page. Parts that are empty are left out. */
export type RunPage = {
  readonly title: string
  /** One line under the title. */
  readonly subtitle: string
  /** The few figures that matter, in large type. */
  readonly headline: readonly PageFact[]
  /** When, how long, and how it was run. */
  readonly run: readonly PageFact[]
  /** Files and folders beside the page, and what they are. */
  readonly files: readonly { readonly name: string; readonly caption: string }[]
  readonly config: readonly PageFact[]
  /** Figures of each epoch, a row an epoch. */
  readonly epochs: { readonly columns: readonly string[]; readonly rows: readonly (readonly Figure[])[] }
  readonly curves: readonly PagePicture[]
  /** The classification report, as it was printed. */
  readonly report: string
  readonly confusion: readonly PagePicture[]
  readonly mistakes: readonly PagePicture[]
  readonly filters: readonly PagePicture[]
  readonly featureMaps: readonly PagePicture[]
}

/** Whole numbers in groups of three; others with the decimals that their size leaves to be of interest. */
const shown = (value: Shown): string => {
  if (value === null) return '–'
  if (typeof value !== 'number' || !Number.isFinite(value)) return String(value)
  if (Number.isInteger(value)) return value.toLocaleString('en-US')
  const size = Math.abs(value)
  if (size < 1e-3 || size >= 1e6) return String(Number(value.toPrecision(4)))
  return value.toFixed(size >= 100 ? 1 : size >= 10 ? 2 : 4)
}

const cell = (value: Shown): string => escapeHtml(shown(value))

/** Configurations are shown as they were given: `0.001`, not `0.0010`. */
const given = (value: Shown): string => escapeHtml(value === null ? '–' : String(value))

const section = (title: string, content: string): string =>
  content === '' ? '' : `<section>\n<h2>${escapeHtml(title)}</h2>\n${content}\n</section>\n`

const dataUri = ({ file }: PagePicture): string =>
  file._tag === 'Svg'
    ? `data:image/svg+xml;base64,${Buffer.from(file.text, 'utf8').toString('base64')}`
    : `data:image/png;base64,${Buffer.from(file.bytes).toString('base64')}`

const figure = (picture: PagePicture): string => {
  const words = escapeHtml(picture.caption)
  return `<figure><img class="${picture.file._tag === 'Svg' ? 'chart' : 'image'}" src="${dataUri(picture)}" alt="${words}"><figcaption>${words}</figcaption></figure>`
}

const pictures = (title: string, all: readonly PagePicture[]): string => {
  const several = all.length > 1 ? ' several' : ''
  const figures = `<div class="pictures${several}">\n${all.map(figure).join('\n')}\n</div>`
  return section(title, all.length === 0 ? '' : figures)
}

const fileLinks = (files: RunPage['files']): string => {
  const rows = files.map(({ name, caption }) => {
    const words = escapeHtml(name)
    return `<li><a href="${words}">${words}</a> ${escapeHtml(caption)}</li>`
  })
  return rows.length === 0 ? '' : `<ul class="files">\n${rows.join('\n')}\n</ul>`
}

const factTable = (config: readonly PageFact[]): string => {
  const rows = config.map(
    ({ label, value }) => `<tr><th scope="row">${escapeHtml(label)}</th><td>${given(value)}</td></tr>`,
  )
  return rows.length === 0 ? '' : `<table class="facts">\n${rows.join('\n')}\n</table>`
}

const epochTable = ({ columns, rows }: RunPage['epochs']): string => {
  const head = `<tr>${columns.map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join('')}</tr>`
  const body = rows.map((row) => `<tr>${row.map((value) => `<td>${cell(value)}</td>`).join('')}</tr>`)
  return rows.length === 0 ? '' : `<table>\n${[head, ...body].join('\n')}\n</table>`
}

const headline = (facts: readonly PageFact[]): string =>
  facts.length === 0
    ? ''
    : `<dl class="headline">\n${facts
        .map(({ label, value }) => `<div><dt>${escapeHtml(label)}</dt><dd>${cell(value)}</dd></div>`)
        .join('\n')}\n</dl>\n`

/** `9.4 s`, `3 min 20 s` or `2 h 5 min`. */
export const durationText = (seconds: number): string => {
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  const minutes = Math.floor(whole / 60)
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/**
 * The page of a run: one file of HTML that needs nothing else, neither files beside it, to which it only links, nor the network nor
 * scripts; its pictures are data URIs. All text is escaped. The same content gives the same bytes.
 */
export const runPage = (page: RunPage): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${escapeHtml(page.title)}</title>
<style>${pageStyle}</style>
</head>
<body>
<header>
<h1>${escapeHtml(page.title)}</h1>
<p>${escapeHtml(page.subtitle)}</p>
${headline(page.headline)}</header>
<main>
<div class="columns">
${section('Run', factTable(page.run) + fileLinks(page.files))}${section('Configuration', factTable(page.config))}${section('Epochs', epochTable(page.epochs))}${section(
  'Classification report',
  page.report.trim() === '' ? '' : `<pre>${escapeHtml(page.report)}</pre>`,
)}</div>
${pictures('Curves', page.curves)}${pictures('Confusion matrix', page.confusion)}${pictures(
  'Mistakes',
  page.mistakes,
)}${pictures('Filters of the first layer', page.filters)}${pictures('Feature maps', page.featureMaps)}</main>
</body>
</html>
`
