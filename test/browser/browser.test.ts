import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { build as buildBundle } from 'tsdown'
import { build as buildPage, transformWithOxc } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { browserBundle } from '../../scripts/browserBundle.js'
import { entriesBesideTheCore } from '../../scripts/entries.js'
import { type Chromium, launchChromium, whyNoBrowser } from './chromium.js'
import { type FileServer, serveFolder } from './fileServer.js'

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** Bytes of the core, with the engine of WebAssembly, as a page receives it. It was 120,000 before loops, options and indices were checked. */
const budget = 130_000

const folder = await mkdtemp(join(tmpdir(), 'grad-ts-browser-'))
let names: readonly string[] = []

/** Of a file of the bundle, what it imports: at once, or on demand. */
const importsOf = (text: string, on: 'load' | 'demand'): readonly string[] => {
  const form =
    on === 'load'
      ? /(?<![\w$.])(?:from|import)\s*["']([^"'`]+)["']/g
      : /(?<![\w$.])import\(["'`]([^"'`]+)["'`]\)/g
  return [...text.matchAll(form)].map((m) => m[1])
}

beforeAll(async () => {
  await buildBundle({ ...browserBundle, config: false, cwd: at('.'), outDir: folder, logLevel: 'warn' })
  names = await readdir(folder)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the bundle for browsers', () => {
  it('names nothing of Node, and imports nothing but its own parts and gpu.js', async () => {
    for (const name of names) {
      const text = await readFile(join(folder, name), 'utf8')
      expect(text.match(/(?<![\w$.'"`])(process|Buffer|global|require|__dirname)(?![\w$])(?!\()/g)).toBeNull()
      const imported = [...importsOf(text, 'load'), ...importsOf(text, 'demand')]
      expect(imported.filter((i) => !['gpu.js', ...names.map((n) => `./${n}`)].includes(i))).toEqual([])
    }
  })

  it(`is within ${budget} bytes, compressed`, async () => {
    const read = (name: string) => readFile(join(folder, name), 'utf8')
    const core = 'grad-ts.browser.js'
    const loaded = [core, ...importsOf(await read(core), 'load')]
    const sizes = new Map(
      await Promise.all(names.map(async (n) => [n, gzipSync(await read(n)).length] as const)),
    )
    console.log(`gzip: ${[...sizes].map(([name, size]) => `${name} ${size}`).join(', ')}`)
    expect(loaded.reduce((sum, name) => sum + (sizes.get(basename(name)) ?? 0), 0)).toBeLessThanOrEqual(
      budget,
    )
  })

  it('shares one core: what lies beside it holds none of it, and is not loaded with it', async () => {
    const read = (name: string) => readFile(join(folder, name), 'utf8')
    expect(importsOf(await read('grad-ts.browser.js'), 'demand')).toEqual([
      './grad-ts.reference.js',
      './grad-ts.gpujs.js',
    ])
    expect(importsOf(await read('grad-ts.browser.js'), 'load')).toEqual(['./grad-ts.rolldown-runtime.js'])
    for (const name of entriesBesideTheCore) {
      const text = await read(`grad-ts.${name}.js`)
      expect(importsOf(text, 'load')).toContain('./grad-ts.browser.js')
      expect(gzipSync(text).length).toBeLessThan(15_000)
    }
  })
})

describe('in Chromium', () => {
  let chromium: Chromium | null = null
  let server: FileServer | null = null

  beforeAll(async () => {
    if (whyNoBrowser !== null) return
    const source = at('test/browser/comparisons.ts')
    const { code } = await transformWithOxc(await readFile(source, 'utf8'), source)
    await writeFile(join(folder, 'comparisons.js'), code)
    await copyFile(at('node_modules/gpu.js/dist/gpu-browser.min.js'), join(folder, 'gpu.js'))
    // a page without a bundler: an import map says where things are
    await writeFile(
      join(folder, 'comparisons.html'),
      `<!doctype html><title>…</title>
      <script type="importmap">{ "imports": { "grad-ts": "/grad-ts.browser.js", "gpu.js": "/gpu.js" } }</script>
      <script type="module">
        import * as g from 'grad-ts'
        import { differences } from './comparisons.js'
        globalThis.gradTs = g
        globalThis.differences = (backend) => differences(g, backend)
        document.title = 'loaded'
      </script>`,
    )
    // 800 MB of arrays, of which two are held at a time; how large the engine's memory became, in MB
    await writeFile(
      join(folder, 'loops.js'),
      `const memories = []
      WebAssembly.Memory = class extends WebAssembly.Memory {
        constructor(limits) {
          super(limits)
          memories.push(this)
        }
      }
      export const loop = async (how) => {
        const { jit, np } = await import('./grad-ts.browser.js')
        const step = jit((w) => [w.add(1), w.mean()])
        let w = np.zeros([2 ** 20])
        for (let i = 0; i < 200; i++) {
          const [next, mean] = step(w)
          if (how === 'awaits') await mean.data()
          w = next
        }
        const megabytes = memories.reduce((sum, { buffer }) => sum + buffer.byteLength / 2 ** 20, 0)
        return { least: w.min().item(), most: w.max().item(), megabytes }
      }
      if (globalThis.document === undefined) loop('worker').then(postMessage, (e) => postMessage(String(e)))`,
    )
    await buildPage({
      configFile: at('web/vite.config.ts'),
      logLevel: 'warn',
      build: { outDir: join(folder, 'page'), emptyOutDir: true },
    })
    server = await serveFolder(folder)
    chromium = await launchChromium('software')
  })
  afterAll(async () => {
    await chromium?.close()
    await server?.close()
  })

  const open = async (path: string): Promise<Page> => {
    if (chromium === null || server === null) throw new Error('no browser')
    const page = await chromium.context.newPage()
    await page.goto(`${server.url}/${path}`)
    return page
  }
  const comparing = async (): Promise<Page> => {
    const page = await open('comparisons.html')
    await page.waitForFunction("document.title === 'loaded'")
    return page
  }

  it.for(['gpujs:webgl2', 'gpujs:webgpu', 'gpujs:cpu'])(
    '%s gives what the reference gives',
    async (backend, context) => {
      if (whyNoBrowser !== null) return context.skip(whyNoBrowser)
      const page = await comparing()
      expect(await page.evaluate(`differences('${backend}')`)).toEqual([])
      await page.close()
    },
  )

  it.for(['reads nothing', 'awaits', 'worker'])(
    'a loop that disposes of nothing stays within its bounds: %s',
    async (how, context) => {
      if (whyNoBrowser !== null) return context.skip(whyNoBrowser)
      const page = await comparing()
      const run =
        how === 'worker'
          ? `new Promise((resolve) => {
              new Worker('/loops.js', { type: 'module' }).onmessage = ({ data }) => resolve(data)
            })`
          : `import('/loops.js').then(({ loop }) => loop('${how}'))`
      const { least, most, megabytes } = (await page.evaluate(run)) as Readonly<Record<string, number>>
      expect([least, most]).toEqual([200, 200])
      // at least what the loop holds
      expect(megabytes).toBeGreaterThan(8)
      expect(megabytes).toBeLessThan(400)
      await page.close()
    },
  )

  it('WebGPU answers later: reading at once says so, and works once the data came', async (context) => {
    if (whyNoBrowser !== null) return context.skip(whyNoBrowser)
    const page = await comparing()
    const said = await page.evaluate(`(async () => {
      const { jit, np, loadBackend, pureCallback } = gradTs
      await loadBackend('gpujs:webgpu')
      const y = jit((x) => x.mul(2), { backend: 'gpujs:webgpu' })(np.array([1, 2]))
      let error = 'none'
      try { y.toArray() } catch (e) { error = e.name + ': ' + e.message }
      await y.data()
      return { error, after: y.toArray() }
    })()`)
    expect(said).toEqual({
      error: expect.stringMatching(/^BackendError: .*await x\.data\(\)/),
      after: [2, 4],
    })
    await page.close()
  })

  it('on WebGPU a chain of steps, called without waiting, donates what it is given', async (context) => {
    if (whyNoBrowser !== null) return context.skip(whyNoBrowser)
    const page = await comparing()
    const result = await page.evaluate(`(async () => {
      const { jit, np, loadBackend } = gradTs
      await loadBackend('gpujs:webgpu')
      const step = jit((x, k) => x.mul(0.5).add(k), { donate: [0], backend: 'gpujs:webgpu' })
      let x = np.zeros([3])
      for (let i = 0; i < 50; i++) x = step(x, np.array(i % 3))
      return Array.from(await x.data())
    })()`)
    let want = 0
    for (let i = 0; i < 50; i++) want = want * 0.5 + (i % 3)
    expect(result).toEqual([want, want, want].map((w) => expect.closeTo(w, 5)))
    await page.close()
  })

  it('what fails in a program on WebGPU is thrown where its results are read, and only there', async (context) => {
    if (whyNoBrowser !== null) return context.skip(whyNoBrowser)
    const page = await comparing()
    const result = await page.evaluate(`(async () => {
      const { jit, np, loadBackend, pureCallback, ShapeDType } = gradTs
      await loadBackend('gpujs:webgpu')
      const on = { backend: 'gpujs:webgpu' }
      const fails = jit((x) => pureCallback(() => { throw new Error('of the callback') }, x, x), on)
      const bad = fails(np.array([1, 2]))
      const good = jit((x) => x.add(1), on)(np.array([1, 2]))
      const why = await bad.data().then(() => 'nothing', (e) => e.message)
      return { why, good: Array.from(await good.data()) }
    })()`)
    expect(result).toEqual({ why: expect.stringContaining('of the callback'), good: [2, 3] })
    await page.close()
  })

  it('a context that is lost is an error, when it happens and later; the reference goes on', async (context) => {
    if (whyNoBrowser !== null) return context.skip(whyNoBrowser)
    const page = await comparing()
    const said = await page.evaluate(`(async () => {
      const { jit, np, loadBackend } = gradTs
      await loadBackend('gpujs:webgl2')
      await loadBackend('reference')
      const on = { backend: 'gpujs:webgl2' }
      const [double, tenfold] = [jit((x) => x.mul(2), on), jit((x) => x.mul(10), on)]
      const [y, z] = [double(np.array([1, 2])), double(np.array([3, 4]))]
      const before = double(np.array([5, 6])).toArray()
      const { prototype } = WebGL2RenderingContext
      const { readPixels } = prototype
      prototype.readPixels = function (...args) {
        this.getExtension('WEBGL_lose_context')?.loseContext()
        return readPixels.apply(this, args)
      }
      const fate = async (f) => {
        try { return Array.from(await f()) } catch (e) { return e.name + ': ' + e.message }
      }
      const asked = {
        'while it is read': () => y.data(),
        'read': () => z.data(),
        'an array on the device': () => double(y).data(),
        'an array of the host': () => double(np.array([7, 8])).data(),
        'a new kernel': () => tenfold(y).data(),
      }
      const after = {}
      for (const [name, f] of Object.entries(asked)) after[name] = await fate(f)
      await new Promise((resolve) => setTimeout(resolve, 50))
      after['once the page was told'] = await fate(() => double(np.array([7, 8])).data())
      const reference = await fate(() => jit((x) => x.mul(2), { backend: 'reference' })(np.array([7, 8])).data())
      return { before, after, reference }
    })()`)
    const lost = expect.stringMatching(/^BackendError: .*context.* lost.*Load the page again/)
    expect(said).toEqual({
      before: [10, 12],
      after: {
        'while it is read': lost,
        read: lost,
        'an array on the device': lost,
        'an array of the host': lost,
        'a new kernel': lost,
        'once the page was told': lost,
      },
      reference: [14, 16],
    })
    await page.close()
  })

  it('the page says of each backend why it cannot start, and trains on those that can', async (context) => {
    if (whyNoBrowser !== null) return context.skip(whyNoBrowser)
    const without = await launchChromium('none')
    const page = await without.context.newPage()
    await page.goto(`${server?.url}/page/index.html`)
    await page.waitForSelector('#train:not([disabled])')
    const cards = await page.evaluate(`[...document.querySelectorAll('.backend')].map(
      (card) => [card.querySelector('input').disabled, card.querySelector('small').textContent])`)
    expect(cards).toEqual([
      [false, expect.stringMatching(/^WebAssembly with SIMD/)],
      [true, expect.stringMatching(/^Cannot start\..*Use a browser with WebGL2/)],
      [true, expect.stringMatching(/^Cannot start\..*WebGPU is required/)],
      [false, 'loops in JavaScript'],
    ])
    await without.close()
  })

  it.for(['wasm', 'gpujs:webgl2', 'gpujs:webgpu', 'reference'])(
    'the page trains on %s: the loss falls',
    async (backend, context) => {
      if (whyNoBrowser !== null) return context.skip(whyNoBrowser)
      const steps = 15
      const page = await open('page/index.html')
      await page.waitForSelector('#train:not([disabled])')
      await page.check(`input[value="${backend}"]`)
      await page.fill('#steps', String(steps))
      await page.click('#train')
      await page.waitForFunction(
        "/^Trained|required|error/i.test(document.querySelector('#message').textContent)",
        undefined,
        { timeout: 50_000 },
      )
      expect(await page.textContent('#message')).toMatch(`Trained on ${backend}: ${steps} steps.`)
      const line = (await page.getAttribute('#curve .each', 'points')) ?? ''
      const heights = line.split(' ').map((point) => Number(point.split(',')[1]))
      const mean = (ys: readonly number[]) => ys.reduce((a, b) => a + b) / ys.length
      expect(heights.length).toBe(steps)
      // of pixels, which count from the top
      expect(mean(heights.slice(-5))).toBeGreaterThan(mean(heights.slice(0, 5)) + 20)
      expect(Number.parseFloat((await page.textContent('#accuracy')) ?? '')).toBeGreaterThan(40)
      const screenshots = process.env['GRAD_TS_SCREENSHOTS']
      if (screenshots !== undefined)
        await page.screenshot({ path: join(screenshots, `${backend.replace(':', '-')}.png`), fullPage: true })
      await page.close()
    },
  )
})
