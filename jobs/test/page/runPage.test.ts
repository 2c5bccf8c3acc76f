import * as fc from 'fast-check'
import { parseHTML } from 'linkedom'
import { describe, expect, it } from 'vitest'
import { durationText, escapeHtml, type RunPage, runPage } from '../../src/page/runPage.js'

type Parsed = {
  readonly textContent: string
  readonly getAttribute: (name: string) => string | null
  readonly querySelectorAll: (selector: string) => Iterable<Parsed>
}
const parse = (html: string): Parsed => parseHTML(html).document
const texts = (page: Parsed, selector: string): readonly string[] =>
  [...page.querySelectorAll(selector)].map(({ textContent }) => textContent)

const empty: RunPage = {
  title: '',
  subtitle: '',
  headline: [],
  run: [],
  files: [],
  config: [],
  epochs: { columns: [], rows: [] },
  curves: [],
  report: '',
  confusion: [],
  mistakes: [],
  filters: [],
  featureMaps: [],
}
const svg = (text: string) => ({ file: { _tag: 'Svg' as const, text }, caption: 'a curve' })
const png = (...bytes: readonly number[]) => ({
  file: { _tag: 'Png' as const, bytes: Uint8Array.from(bytes) },
  caption: 'a picture',
})

const full: RunPage = {
  title: 'mnist-cnn',
  subtitle: '2 epochs',
  headline: [{ label: 'parameters', value: 19_000_000 }],
  run: [{ label: 'command', value: "grad-ts train mnist-cnn --data 'my pets'" }],
  files: [{ name: 'metrics.csv', caption: 'figures of each epoch' }],
  config: [
    { label: 'lr', value: 0.001 },
    { label: 'limit', value: null },
    { label: 'augment', value: true },
  ],
  epochs: {
    columns: ['epoch', 'train loss', 'test loss'],
    rows: [
      [1, 0.123456, null],
      [2, 0.00001234, Number.NaN],
    ],
  },
  curves: [svg('<svg>é</svg>'), svg('<svg/>')],
  report: '   precision\n\n a  1.00\n',
  confusion: [svg('<svg/>')],
  mistakes: [png(137, 80)],
  filters: [png(1)],
  featureMaps: [png(2), png(3)],
}

describe('runPage', () => {
  const page = parse(runPage(full))

  it('shows all of its parts', () => {
    expect(texts(page, 'h1')).toEqual(['mnist-cnn'])
    expect(texts(page, 'h2')).toEqual([
      'Run',
      'Configuration',
      'Epochs',
      'Classification report',
      'Curves',
      'Confusion matrix',
      'Mistakes',
      'Filters of the first layer',
      'Feature maps',
    ])
    expect(texts(page, 'dd')).toEqual(['19,000,000'])
    expect(texts(page, '.facts td')).toEqual([
      "grad-ts train mnist-cnn --data 'my pets'",
      '0.001',
      '–',
      'true',
    ])
    expect(texts(page, '.files li')).toEqual(['metrics.csv figures of each epoch'])
    expect([...page.querySelectorAll('a')].map((a) => a.getAttribute('href'))).toEqual(['metrics.csv'])
    expect(texts(page, 'th[scope=col]')).toEqual(['epoch', 'train loss', 'test loss'])
    expect(texts(page, 'table:not(.facts) td')).toEqual(['1', '0.1235', '–', '2', '0.00001234', 'NaN'])
    expect(texts(page, 'pre')).toEqual([full.report])
  })

  it('holds its pictures, byte for byte, and needs nothing else', () => {
    const sources = [...page.querySelectorAll('img')].map((img) => img.getAttribute('src') ?? '')
    expect(sources).toHaveLength(7)
    const [first, , , mistakes] = sources
    expect(Buffer.from(first.replace('data:image/svg+xml;base64,', ''), 'base64').toString()).toBe(
      '<svg>é</svg>',
    )
    expect([...Buffer.from(mistakes.replace('data:image/png;base64,', ''), 'base64')]).toEqual([137, 80])
    expect([...page.querySelectorAll('script, link, iframe')]).toEqual([])
    expect([...page.querySelectorAll('[src]')]).toHaveLength(sources.length)
    for (const source of sources) expect(source).toMatch(/^data:image\//)
  })

  it('leaves out what is empty', () => {
    const bare = parse(runPage({ ...empty, title: 'x' }))
    expect(texts(bare, 'h2')).toEqual([])
    expect([...bare.querySelectorAll('section, img, table, pre, dl')]).toEqual([])
  })

  it('escapes all text', () => {
    const text = fc.oneof(
      fc.string({ unit: fc.constantFrom('<', '>', '&', '"', "'", 'a', ' ', '/', '=', ';') }),
      fc.constantFrom(
        '<script>alert(1)</script>',
        '</pre><img src=x onerror=alert(1)>',
        '&lt;',
        '" onload="x',
        '</style>',
      ),
    )
    fc.assert(
      fc.property(
        text.filter((t) => t.trim() !== ''),
        (evil) => {
          const made = parse(
            runPage({
              ...full,
              title: evil,
              subtitle: evil,
              headline: [{ label: evil, value: evil }],
              run: [],
              files: [{ name: evil, caption: evil }],
              config: [{ label: evil, value: evil }],
              epochs: { columns: [evil], rows: [[evil]] },
              report: evil,
              mistakes: [{ ...png(1), caption: evil }],
            }),
          )
          for (const selector of [
            'title',
            'h1',
            'header p',
            'dt',
            'dd',
            '.facts th',
            '.facts td',
            '.files a',
            'th[scope=col]',
            'pre',
          ])
            expect([selector, texts(made, selector)]).toEqual([selector, [evil]])
          expect([...made.querySelectorAll('script, [onerror], [onload]')]).toEqual([])
          expect([...made.querySelectorAll('.files a')].map((a) => a.getAttribute('href'))).toEqual([evil])
          const shown = [...made.querySelectorAll('img')].map((img) => img.getAttribute('alt'))
          expect(shown).toContain(evil)
          expect(shown).toHaveLength(7)
        },
      ),
    )
  })
})

describe('escapeHtml', () => {
  it('leaves nothing that ends a text or an attribute', () => {
    expect(escapeHtml(`<a href="x" id='y'>&amp;</a>`)).toBe(
      '&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;amp;&lt;/a&gt;',
    )
  })
})

it.each([
  [0, '0.0 s'],
  [9.44, '9.4 s'],
  [59.94, '59.9 s'],
  [59.96, '1 min 0 s'],
  [200, '3 min 20 s'],
  [3599.7, '1 h 0 min'],
  [7500, '2 h 5 min'],
])('%d seconds are %s', (seconds, text) => {
  expect(durationText(seconds)).toBe(text)
})
