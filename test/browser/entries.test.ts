import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, expect, it } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { entriesBesideTheCore } from '../../scripts/entries.js'
import { build, packageFolder } from '../builtPackages.js'

const folder = join(packageFolder(), 'dist')

beforeAll(build, 240_000)

/** All that a file of the build imports, at once or on demand, and what that imports. */
const importedBy = async (file: string, seen = new Set<string>()): Promise<ReadonlySet<string>> => {
  const text = await readFile(file, 'utf8')
  for (const [, name] of text.matchAll(
    /^\s*(?:import|export)\b[^'"\n]*["']([^"']+)["']|\bimport\("([^"]+)"\)/gm,
  )) {
    if (name === undefined || seen.has(name)) continue
    seen.add(name)
    if (name.startsWith('./')) await importedBy(join(dirname(file), name), seen)
  }
  return seen
}

it.each(['index', ...entriesBesideTheCore])(
  '%s imports nothing of Node: bundlers for pages take it',
  async (name) => {
    const imported = await importedBy(join(folder, `${name}.js`))
    expect([...imported].some((i) => i.startsWith('./'))).toBe(true)
    expect([...imported].filter((i) => i.startsWith('node:'))).toEqual([])
  },
)

it('the package exports each entry that is built', () => {
  const names = Object.keys(manifest.exports).map((key) => key.replace('./', ''))
  expect(names).toEqual(expect.arrayContaining([...entriesBesideTheCore, 'io']))
  for (const name of entriesBesideTheCore)
    expect(manifest.exports).toHaveProperty([`./${name}`, 'default'], `./dist/${name}.js`)
})

it('what is built finds the dead in Node by its collector, and copies no array to host memory', async () => {
  const script = `
    import { np } from './index.js'
    let [w, most] = [np.ones([1024, 1024]).mul(2), 0]
    for (let i = 0; i < 300; i++) {
      w = w.mul(0.5)
      most = Math.max(most, process.memoryUsage().arrayBuffers)
    }
    console.log(most)
  `
  const args = ['--input-type=module', '--eval', script]
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: folder,
    env: { ...process.env, GRAD_TS_BACKEND: 'wasm' },
  })
  expect(Number(stdout)).toBeGreaterThan(0)
  expect(Number(stdout)).toBeLessThan(2 ** 26)
})
