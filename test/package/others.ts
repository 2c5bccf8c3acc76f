import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { transform } from 'esbuild'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Chromium, launchChromium, whyNoBrowser } from '../browser/chromium.js'
import { type FileServer, serveFolder } from '../browser/fileServer.js'
import { askingPage, jestTests, mostBytes, page, printed, requiring, threaded } from './programs.js'
import { installedProject, type Project } from './project.js'
import { tools } from './tools.js'

let project: Project

const command = (name: string): string => join(project.folder, 'node_modules/.bin', name)

beforeAll(async () => {
  project = await installedProject()
  const wanted = Object.entries(tools).map(([name, version]) => `${name}@${version}`)
  await project.run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...wanted])
  await project.write('page.js', page)
  await project.write('requiring.cjs', requiring)
  await project.write('threaded.js', threaded)
}, 600_000)
afterAll(() => project?.remove())

/** How each bundler is told to make a page, `main.js` of a folder; the folder it makes has an `index.html` where it writes one itself. */
const bundlers: Readonly<Record<string, (source: string, target: string) => readonly [string, string[]]>> = {
  vite: (source, target) => [
    'vite',
    [
      'build',
      source,
      '--outDir',
      join(project.folder, target),
      '--emptyOutDir',
      '--base',
      './',
      '--logLevel',
      'warn',
    ],
  ],
  // its hint that a page is above 244 KiB before compression is about any page of that size
  webpack: (source, target) => [
    'webpack',
    [
      ...['--mode', 'production', '--entry', `./${source}/main.js`],
      ...['--output-path', target, '--output-filename', 'main.js', '--no-performance'],
    ],
  ],
  rollup: (source, target) => [
    'rollup',
    [`./${source}/main.js`, '--dir', target, '--format', 'es', '--plugin', 'node-resolve'],
  ],
}

describe.each(Object.keys(bundlers))('%s', (bundler) => {
  let chromium: Chromium
  let server: FileServer

  beforeAll(async () => {
    chromium = await launchChromium('none')
    server = await serveFolder(project.folder)
  })
  afterAll(async () => {
    await chromium?.close()
    await server?.close()
  })

  /** Builds a page, and opens it; the bytes of its programs so far, compressed. */
  const open = async (
    name: string,
    program: string,
  ): Promise<{ readonly opened: Page; readonly bytes: () => Promise<number> }> => {
    const [source, target] = [`${bundler}/${name}`, `${bundler}/built-${name}`]
    await project.write(`${source}/main.js`, program)
    await project.write(
      `${source}/index.html`,
      '<!doctype html><script type="module" src="./main.js"></script>',
    )
    const [tool, args] = bundlers[bundler](source, target)
    expect(await project.run(command(tool), args)).not.toMatch(/warn|\(!\)/i)
    if (bundler === 'rollup') await minify(join(project.folder, target))
    if (bundler !== 'vite') {
      const script = bundler === 'webpack' ? 'defer' : 'type="module"'
      await project.write(
        `${target}/index.html`,
        `<!doctype html><script ${script} src="./main.js"></script>`,
      )
    }
    const opened = await chromium.context.newPage()
    const fetched: Promise<number>[] = []
    opened.on('response', (response) => {
      if (response.url().endsWith('.js')) fetched.push(response.body().then((b) => gzipSync(b).length))
    })
    await opened.goto(`${server.url}/${target}/index.html`)
    return { opened, bytes: async () => (await Promise.all(fetched)).reduce((sum, size) => sum + size, 0) }
  }

  it(`makes a page of grad and np within ${mostBytes} bytes, compressed, without a warning`, async (context) => {
    if (whyNoBrowser !== null) return context.skip(whyNoBrowser)
    const { opened, bytes } = await open('page', page)
    await opened.waitForFunction(() => 'gradient' in globalThis)
    expect(await opened.evaluate('gradient')).toBe(printed)
    console.log(`${bundler}, gzip: ${await bytes()}`)
    expect(await bytes()).toBeGreaterThan(0)
    expect(await bytes()).toBeLessThanOrEqual(mostBytes)
  })

  it('fetches another backend when a page asks for it', async (context) => {
    if (whyNoBrowser !== null) return context.skip(whyNoBrowser)
    const { opened, bytes } = await open('asking', askingPage)
    await opened.waitForFunction(() => 'ask' in globalThis)
    const atOnce = await bytes()
    expect(await opened.evaluate('ask()')).toBe(1)
    expect(await bytes()).toBeGreaterThan(atOnce + 1000)
  })
})

/** Rollup leaves that to others. */
const minify = async (folder: string): Promise<void> => {
  for (const name of await readdir(folder)) {
    const { code } = await transform(await readFile(join(folder, name), 'utf8'), { minify: true })
    await writeFile(join(folder, name), code)
  }
}

/** What starts a program, by its name here. */
const runtimes: Readonly<Record<string, (file: string) => readonly [string, string[]]>> = {
  ...Object.fromEntries(
    Object.keys(tools)
      .filter((name) => name.startsWith('node-'))
      .map((name) => [
        name,
        (file: string) => [
          join(project.folder, 'node_modules', name, 'bin/node'),
          ['--disable-warning=ExperimentalWarning', file],
        ],
      ]),
  ),
  bun: (file) => [command('bun'), ['run', file]],
  deno: (file) => [command('deno'), ['run', '--allow-all', '--quiet', file]],
}

describe.each(Object.keys(runtimes))('%s', (runtime) => {
  it.each([
    ['imports it', 'page.js', `${printed}\n`],
    ['requires it, and has one library', 'requiring.cjs', `${printed}\none\n`],
    ['runs it in a thread', 'threaded.js', `${printed}\n`],
  ])('%s', async (_, file, expected) => {
    expect(await project.run(...runtimes[runtime](file))).toBe(expected)
  })
})

it('jest takes it, without its flag for modules', async () => {
  await project.write('jest/package.test.cjs', jestTests)
  await project.write('jest/config.json', JSON.stringify({ testMatch: ['**/jest/*.test.cjs'] }))
  const said = await project.run(command('jest'), ['--rootDir', '.', '--config', 'jest/config.json'])
  expect(said).toMatch(/3 passed, 3 total/)
})
