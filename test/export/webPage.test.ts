import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createContext, runInContext } from 'node:vm'
import { build } from 'tsdown'
import { expect, it } from 'vitest'
import { exportProgram } from '../../src/export.js'
import { np, type Tensor } from '../../src/index.js'
import { temporaryFolder } from '../io/temporaryFolder.js'

const folder = temporaryFolder()

it('a program is read and run where there is nothing of Node', async () => {
  await build({
    config: false,
    entry: { page: fileURLToPath(new URL('./page.ts', import.meta.url)) },
    outDir: folder(),
    format: 'iife',
    globalName: 'page',
    platform: 'browser',
    noExternal: [/./],
    define: { 'import.meta.url': '"https://example.org/page.js"' },
    dts: false,
    logLevel: 'silent',
  })
  const [file] = readdirSync(folder())
  const w = np.array([3, 4])
  const bytes = exportProgram((x: Tensor) => x.mul(w).sum(), np.zeros([2])).toBytes()
  const page = createContext({ TextEncoder, TextDecoder, bytes })
  const results: unknown = runInContext(
    `${readFileSync(join(folder(), file), 'utf8')}\npage.run(bytes)`,
    page,
  )
  expect(JSON.stringify(results)).toBe('[11,[3,4],true]')
})
