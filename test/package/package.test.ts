import { readFile } from 'node:fs/promises'
import { join, normalize } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, type Metafile, transform } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { entriesBesideTheCore, entriesOfNode } from '../../scripts/entries.js'
import { mostBytes, page, printed, requiring, typed } from './programs.js'
import { filesIn, installedProject, type Project, root } from './project.js'

let project: Project
let packed: ReadonlyMap<string, number>

const inPackage = (name: string): string => join(project.folder, 'node_modules/grad-ts', name)

beforeAll(async () => {
  project = await installedProject()
  packed = await filesIn(inPackage('.'))
}, 600_000)
afterAll(() => project?.remove())

describe('what is packed', () => {
  it('installs below 10 MB, with two dependencies', async () => {
    const installed = await filesIn(join(project.folder, 'node_modules'))
    const packages = [...installed.keys()].filter((name) => /^(@[^/]+\/)?[^/]+\/package\.json$/.test(name))
    expect(packages.sort()).toEqual(['fp-ts/package.json', 'grad-ts/package.json', 'io-ts/package.json'])
    const bytes = [...installed.values()].reduce((sum, size) => sum + size, 0)
    console.log(`installed: ${bytes} bytes`)
    expect(bytes).toBeLessThan(10_000_000)
  })

  it('is what was built, and the texts: no sources, no tests', () => {
    const tops = new Set([...packed.keys()].map((name) => name.split('/')[0]))
    expect([...tops].sort()).toEqual(
      ['CHANGELOG.md', 'CONTRIBUTING.md', 'LICENSE', 'README.md', 'dist', 'docs', 'package.json'].sort(),
    )
  })

  it('has the files that its manifest and its README name', async () => {
    const inManifest = JSON.stringify([manifest.exports, manifest.bin, manifest.main, manifest.types])
    const named = [...inManifest.matchAll(/"(?:\.\/)?(dist\/[^"]+)"/g)].map((m) => m[1])
    const readme = await readFile(inPackage('README.md'), 'utf8')
    const linked = [...readme.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((m) => normalize(m[1]))
    expect(linked.length).toBeGreaterThan(2)
    const paths = [...packed.keys()]
    const missing = [...named, ...linked].filter(
      (name) => !paths.some((p) => p === name || p.startsWith(`${name}/`)),
    )
    expect(missing).toEqual([])
  })

  it('says of each entry, and of nothing else in modules, that it does something when it is loaded', () => {
    const entries = ['index', ...entriesBesideTheCore, ...entriesOfNode, 'cli'].map((n) => `./dist/${n}.js`)
    const { sideEffects } = manifest
    expect(sideEffects.filter((name) => !name.includes('*')).sort()).toEqual(entries.sort())
    expect(sideEffects.filter((name) => name.includes('*'))).toEqual([
      './src/*.ts',
      './dist/*.cjs',
      './dist/grad-ts.*.js',
    ])
  })
})

describe('in Node', () => {
  it('the first example of the README gives what it says', async () => {
    const readme = await readFile(inPackage('README.md'), 'utf8')
    const [, block] = /```ts runnable\n([\s\S]*?)```/.exec(readme) ?? []
    const checked = block?.replace(/^(.*) \/\/ => (.*)$/m, 'assert.deepEqual($1, $2)')
    expect(checked).not.toBe(block)
    const { code } = await transform(`${checked}`, { loader: 'ts' })
    await project.write('first.js', `import assert from 'node:assert'\n${code}\nconsole.log('as it says')`)
    expect(await project.run('node', ['first.js'])).toBe('as it says\n')
  })

  it('is one library, required or imported', async () => {
    await project.write('requiring.cjs', requiring)
    expect(await project.run('node', ['--no-warnings', 'requiring.cjs'])).toBe(`${printed}\none\n`)
  })

  it('can be required where modules cannot, as in older Node and in jest', async () => {
    await project.write('older.cjs', requiring.replace(/import\('grad-ts'\)[\s\S]*/, ''))
    const args = ['--no-experimental-require-module', 'older.cjs']
    expect(await project.run('node', args)).toBe(`${printed}\n`)
  })
})

describe('esbuild', () => {
  /** What a page loads at once: its file, and what that imports statically. */
  const loaded = (
    outputs: Metafile['outputs'],
    name: string,
    seen = new Set<string>(),
  ): ReadonlySet<string> => {
    seen.add(name)
    for (const { path, kind } of outputs[name].imports)
      if (kind === 'import-statement' && !seen.has(path)) loaded(outputs, path, seen)
    return seen
  }

  it(`makes a page of grad and np within ${mostBytes} bytes, compressed, without a warning`, async () => {
    await project.write('page.js', page)
    const { metafile, warnings } = await build({
      absWorkingDir: project.folder,
      entryPoints: ['page.js'],
      outdir: 'built',
      bundle: true,
      splitting: true,
      format: 'esm',
      minify: true,
      metafile: true,
      logLevel: 'silent',
    })
    expect(warnings).toEqual([])
    const atOnce = loaded(metafile.outputs, 'built/page.js')
    const sizes = await Promise.all(
      [...atOnce].map(async (name) => gzipSync(await readFile(join(project.folder, name))).length),
    )
    const bytes = sizes.reduce((sum, size) => sum + size, 0)
    console.log(`gzip: ${bytes}`)
    expect(bytes).toBeLessThanOrEqual(mostBytes)

    const inputs = [...atOnce].flatMap((name) =>
      Object.entries(metafile.outputs[name].inputs)
        .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
        .map(([input]) => input),
    )
    expect(inputs.filter((name) => /gpujs|reference/.test(name))).toEqual([])
    const later = Object.keys(metafile.outputs).filter((name) => !atOnce.has(name))
    expect(later.some((name) => name.includes('gpujs'))).toBe(true)
    expect(later.some((name) => name.includes('reference'))).toBe(true)
    expect(await project.run('node', ['built/page.js'])).toBe(`${printed}\n`)
  })
})

describe('its types', () => {
  it('are found by modules and by what requires them', async () => {
    for (const name of ['typed.mts', 'typed.cts']) await project.write(name, typed)
    const flags = ['--noEmit', '--strict', '--skipLibCheck', 'false', '--module', 'nodenext']
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    const target = ['--target', 'es2022', '--lib', 'es2022']
    await project.run('node', [tsc, ...flags, ...target, 'typed.mts', 'typed.cts'])
  }, 120_000)

  it('show namespaces by the names they are exported under, and document each method of tensors', async () => {
    const index = await readFile(inPackage('dist/index.d.ts'), 'utf8')
    for (const name of ['np', 'nn', 'optim', 'random', 'tree'])
      expect(index).toContain(`declare namespace ${name} {`)
    const all = await Promise.all(
      [...packed.keys()].filter((n) => n.endsWith('.d.ts')).map((n) => readFile(inPackage(n), 'utf8')),
    )
    expect(all.join().match(/\w*_d_exports/g)).toBeNull()
    const [, methods] = /interface TensorMethods \{([\s\S]*?)\n\}/.exec(all.join('\n')) ?? []
    const count = methods.match(/^ {2}(?:readonly )?[\w[]/gm)?.length
    expect(count).toBeGreaterThan(60)
    expect(methods.match(/\*\/\s*(?:readonly )?[\w[]/g)).toHaveLength(count ?? 0)
  })
})
