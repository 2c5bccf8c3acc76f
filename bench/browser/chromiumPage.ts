import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build as buildBundle } from 'tsdown'
import { build as buildPeers } from 'vite'
import { browserBundle } from '../../scripts/browserBundle.js'
import { launchChromium, whyNoBrowser } from '../../test/browser/chromium.js'
import { serveFolder } from '../../test/browser/fileServer.js'
import type { Trainers } from './page.js'

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

const html = `<!doctype html><title>…</title>
<script type="importmap">{ "imports": { "grad-ts": "/grad-ts.browser.js", "gpu.js": "/gpu.js" } }</script>
<script type="module">
  import * as gradTs from 'grad-ts'
  import * as jax from './jaxJs.js'
  import { trainers } from './page.js'
  import * as tf from './tfjs.js'
  globalThis.trainers = await trainers(gradTs, tf, jax)
  document.title = 'ready'
</script>`

/** Our bundle as it is published, and the peers, each built for a page. */
const buildInto = async (folder: string): Promise<void> => {
  await buildBundle({ ...browserBundle, config: false, cwd: at('.'), outDir: folder, logLevel: 'error' })
  await buildPeers({
    configFile: false,
    root: at('bench'),
    logLevel: 'error',
    build: {
      outDir: folder,
      emptyOutDir: false,
      target: 'es2022',
      lib: {
        entry: {
          page: at('bench/browser/page.ts'),
          tfjs: at('bench/browser/tfjs.mjs'),
          jaxJs: at('bench/node_modules/@jax-js/jax/dist/index.js'),
        },
        formats: ['es'],
        fileName: (_, name) => `${name}.js`,
      },
    },
  })
  await copyFile(at('node_modules/gpu.js/dist/gpu-browser.min.js'), join(folder, 'gpu.js'))
  await writeFile(join(folder, 'index.html'), html)
}

export type ChromiumPage = Trainers & { readonly version: string; readonly close: () => Promise<void> }

/** Debian's Chromium, drawing in software, with all libraries in one page. @throws where there is no browser */
export const openPage = async (): Promise<ChromiumPage> => {
  if (whyNoBrowser !== null) throw new Error(`bench: a browser is required, got ${whyNoBrowser}.`)
  const folder = await mkdtemp(join(tmpdir(), 'grad-ts-bench-'))
  await buildInto(folder).catch(async (error: unknown) => {
    await rm(folder, { recursive: true, force: true })
    throw error
  })
  const server = await serveFolder(folder)
  const { context, close } = await launchChromium('software')
  const page = await context.newPage()
  page.on('pageerror', (error) => process.stderr.write(`page: ${error.message}\n`))
  await page.goto(`${server.url}/index.html`)
  await page.waitForFunction("document.title === 'ready'")
  const asked =
    <R>(what: keyof Trainers) =>
    (name: string, steps: number): Promise<R> =>
      page.evaluate(`trainers.${what}(${JSON.stringify(name)}, ${steps})`)
  return {
    version: context.browser()?.version() ?? 'unknown',
    losses: asked<readonly number[]>('losses'),
    train: asked<number>('train'),
    close: async () => {
      await close()
      await server.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
