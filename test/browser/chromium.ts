import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium } from 'playwright-core'

const executablePath = '/usr/bin/chromium'

/** Why there is no browser here, or `null`. @throws where one is required and missing */
export const whyNoBrowser = ((): string | null => {
  if (existsSync(executablePath)) return null
  const why = `no ${executablePath}: install Debian's package chromium`
  if (process.env['GRAD_TS_REQUIRE_BROWSER'] === '1') throw new Error(why)
  return why
})()

/** WebGL2 and WebGPU in software, by SwiftShader; or none of them. */
const graphics = {
  software: [
    '--disable-gpu-sandbox',
    '--use-angle=swiftshader',
    '--enable-unsafe-swiftshader',
    '--enable-unsafe-webgpu',
    '--use-webgpu-adapter=swiftshader',
  ],
  none: ['--disable-gpu', '--disable-software-rasterizer', '--disable-3d-apis'],
} as const

const flags = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export type Chromium = { readonly context: BrowserContext; readonly close: () => Promise<void> }

/** Debian's Chromium with a profile of its own, which `close` deletes. */
export const launchChromium = async (drawing: keyof typeof graphics): Promise<Chromium> => {
  const profile = await mkdtemp(join(tmpdir(), 'grad-ts-chromium-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    args: [...flags, ...graphics[drawing]],
    viewport: { width: 980, height: 1180 },
  })
  return {
    context,
    close: async () => {
      await context.close()
      await rm(profile, { recursive: true, force: true })
    },
  }
}
