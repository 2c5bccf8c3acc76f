import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { build, type PreviewServer, preview } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Chromium, launchChromium, whyNoBrowser } from './chromium.js'

const configFile = fileURLToPath(new URL('../../web/vite.config.ts', import.meta.url))
const folder = await mkdtemp(join(tmpdir(), 'grad-ts-page-'))
const config = {
  configFile,
  logLevel: 'warn',
  build: { outDir: folder, emptyOutDir: true },
  preview: { port: 0, host: '127.0.0.1' },
} as const

let server: PreviewServer | null = null
let chromium: Chromium | null = null

beforeAll(async () => {
  if (whyNoBrowser !== null) return
  await build(config)
  server = await preview(config)
  chromium = await launchChromium('software')
})
afterAll(async () => {
  await chromium?.close()
  await server?.close()
  await rm(folder, { recursive: true, force: true })
})

const open = async (): Promise<Page> => {
  if (chromium === null || server === null) throw new Error('no browser')
  const page = await chromium.context.newPage()
  await page.goto(server.resolvedUrls?.local[0] ?? '')
  await page.waitForSelector('#train:not([disabled])')
  return page
}

const message = (page: Page): Promise<string | null> => page.textContent('#message')
const until = (page: Page, what: RegExp): Promise<unknown> =>
  page.waitForFunction(`${what}.test(document.querySelector('#message').textContent)`, undefined, {
    timeout: 50_000,
  })
const points = async (page: Page): Promise<number> =>
  ((await page.getAttribute('#curve .each', 'points')) ?? '').split(' ').filter((p) => p !== '').length

/** Draws on the pad through places of a square whose sides are 1. */
const draw = async (page: Page, places: readonly (readonly [number, number])[]): Promise<void> => {
  await page.locator('#pad').scrollIntoViewIfNeeded()
  const box = await page.locator('#pad').boundingBox()
  if (box === null) throw new Error('no pad')
  const [first, ...rest] = places.map(([x, y]) => [box.x + x * box.width, box.y + y * box.height] as const)
  await page.mouse.move(...first)
  await page.mouse.down()
  for (const to of rest) await page.mouse.move(...to, { steps: 4 })
  await page.mouse.up()
}

describe('the page that trains', () => {
  it('is isolated by the headers of its server, and has threads', async (context) => {
    if (whyNoBrowser !== null) return context.skip(whyNoBrowser)
    const page = await open()
    expect(await page.evaluate('crossOriginIsolated')).toBe(true)
    const wasm = await page.textContent('.backend:first-of-type small')
    const { hardwareConcurrency } = await page.evaluate<{ hardwareConcurrency: number }>(
      '({ hardwareConcurrency: navigator.hardwareConcurrency })',
    )
    expect(wasm).toBe(
      `WebAssembly with SIMD, ${hardwareConcurrency === 1 ? 'one thread' : `${Math.min(hardwareConcurrency, 8)} threads`}`,
    )
    const headers = await readFile(join(folder, '_headers'), 'utf8')
    expect(headers).toBe(
      '/*\n  Cross-Origin-Opener-Policy: same-origin\n  Cross-Origin-Embedder-Policy: require-corp\n',
    )
    await page.close()
  })

  it.for([
    ['#rate', '', 'A number from 0.0001 to 0.1'],
    ['#rate', '1', 'A number from 0.0001 to 0.1'],
    ['#rate', '-0.1', 'A number from 0.0001 to 0.1'],
    ['#steps', '', 'A whole number from 1 to 2000'],
    ['#steps', '1.5', 'A whole number from 1 to 2000'],
    ['#steps', '0', 'A whole number from 1 to 2000'],
  ] as const)(
    'does not train with %s of "%s", and says what it takes',
    async ([field, value, words], context) => {
      if (whyNoBrowser !== null) return context.skip(whyNoBrowser)
      const page = await open()
      await page.fill(field, value)
      expect(await page.textContent(`${field}-problem`)).toBe(words)
      const before = await message(page)
      await page.click('#train')
      expect(await message(page)).toBe(before)
      expect(await page.evaluate("'#' + document.activeElement.id")).toBe(field)
      await page.fill(field, field === '#rate' ? '0.002' : '1')
      expect(await page.textContent(`${field}-problem`)).toBe('')
      await page.close()
    },
  )

  it('goes on where it stands, keeps its weights when a field is wrong, and starts over when it is told to', async (context) => {
    if (whyNoBrowser !== null) return context.skip(whyNoBrowser)
    const page = await open()
    const train = async (steps: number, backend: string): Promise<void> => {
      await page.check(`input[value="${backend}"]`)
      await page.fill('#steps', String(steps))
      await page.click('#train')
    }
    await train(40, 'wasm')
    await until(page, /^Trained on wasm: 40 steps\./)
    const accuracy = Number.parseFloat((await page.textContent('#accuracy')) ?? '')
    expect(accuracy).toBeGreaterThan(60)
    await page.fill('#steps', '')
    await page.click('#train')
    expect(await page.textContent('#step')).toBe('40 of 40')
    await train(10, 'reference')
    await until(page, /^Trained on reference: 10 steps, 50 in all\./)
    expect(await page.textContent('#step')).toBe('50 of 50')
    expect(await points(page)).toBe(50)
    expect(Number.parseFloat((await page.textContent('#accuracy')) ?? '')).toBeGreaterThan(accuracy - 5)
    await page.click('#over')
    expect(await message(page)).toBe('The network has forgotten everything.')
    expect([await page.textContent('#step'), await points(page)]).toEqual(['–', 0])
    await train(2000, 'wasm')
    await until(page, /^Training on wasm/)
    await page.click('#stop')
    await until(page, /^Stopped on wasm: \d+ steps\. Train goes on/)
    await page.close()
  })

  it('reads what is drawn, before and after it has learnt', async (context) => {
    if (whyNoBrowser !== null) return context.skip(whyNoBrowser)
    const page = await open()
    const stick = [
      [0.5, 0.2],
      [0.48, 0.8],
    ] as const
    const verdict = '#reading .verdict'
    expect(await page.textContent(verdict)).toBe('Draw a digit.')
    await draw(page, stick)
    await page.waitForFunction(`/a guess/.test(document.querySelector('${verdict}').textContent)`)
    await page.fill('#steps', '150')
    await page.click('#train')
    await until(page, /^Trained on wasm: 150 steps\./)
    await page.waitForFunction(`/^1, \\d+ %$/.test(document.querySelector('${verdict}').textContent)`)
    await page.click('#clear')
    await page.waitForFunction(`document.querySelector('${verdict}').textContent === 'Draw a digit.'`)
    const ring = Array.from({ length: 25 }, (_, i) => {
      const angle = (2 * Math.PI * i) / 24
      return [0.5 + 0.22 * Math.sin(angle), 0.5 - 0.3 * Math.cos(angle)] as const
    })
    await draw(page, ring)
    await page.waitForFunction(`/^0, \\d+ %$/.test(document.querySelector('${verdict}').textContent)`)
    const screenshots = process.env['GRAD_TS_SCREENSHOTS']
    if (screenshots !== undefined)
      await page.screenshot({ path: join(screenshots, 'drawn.png'), fullPage: true })
    await page.close()
  })

  it.for(['light', 'dark'] as const)('is legible on a phone, %s', async (colorScheme, context) => {
    if (whyNoBrowser !== null) return context.skip(whyNoBrowser)
    const page = await open()
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width: 390, height: 844 })
    await page.waitForFunction("document.querySelector('#curve').viewBox.baseVal.width < 390")
    const { heights, overflow } = await page.evaluate<{ heights: number[]; overflow: number }>(`({
      heights: [...document.querySelectorAll('#curve text')].map((text) => text.getBoundingClientRect().height),
      overflow: document.documentElement.scrollWidth - innerWidth })`)
    expect(heights.length).toBeGreaterThan(4)
    for (const height of heights) expect(height).toBeGreaterThan(10)
    expect(overflow).toBeLessThanOrEqual(0)
    const screenshots = process.env['GRAD_TS_SCREENSHOTS']
    if (screenshots !== undefined)
      await page.screenshot({ path: join(screenshots, `phone-${colorScheme}.png`), fullPage: true })
    await page.close()
  })
})
