import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { libraryPaths } from '../../src/graph/sourceSite.js'
import { build, packageFolder } from '../builtPackages.js'
import { temporaryFolder } from '../io/temporaryFolder.js'

const dist = join(packageFolder(), 'dist')

/** What asks for an operation in line 4, makes a NaN in line 7, and lets a tracer out in line 10. */
const program = `import { jit, np } from '${dist}/index.js'
import { explain, nans } from '${dist}/debug.js'
const f = jit((x) =>
  np.sin(x).mul(2))
console.log(explain(f.lower(1)))
const message = (run) => { try { run() } catch (e) { console.log(e.name, e.message) } }
const g = jit((x) => np.log(x))
message(() => nans(() => g(-1)))
let leaked
jit((x) => { leaked = np.tanh(x); return x })(1)
message(() => leaked.add(1))
`

describe.each([[[]], [['--enable-source-maps']]])('with the flags %j of Node, the bundle', (flags) => {
  const folder = temporaryFolder()
  beforeAll(build, 120_000)

  it('tells the lines of the user, and none of its own', () => {
    const script = join(folder(), 'user.mjs')
    writeFileSync(script, program)
    const { stdout, stderr } = spawnSync(process.execPath, [...flags, script], {
      encoding: 'utf8',
      env: { ...process.env, GRAD_TS_BACKEND: '' },
    })
    expect(stderr).toBe('')
    expect(stdout).toContain('user.mjs:4:')
    expect(stdout).toMatch(/NaNError .*user\.mjs:7:/)
    expect(stdout).toMatch(/TracerLeakError .*user\.mjs:1[01]:/)
    expect(stdout).not.toMatch(/sourceSite|\/dist\/|\/src\/(graph|ops|transforms)/)
  })
})

it.each([
  ['file:///a/b%20c/src/graph/sourceSite.ts', '/a/b%20c/src/ops/elementwise/sin.ts', true],
  ['file:///a/b%20c/src/graph/sourceSite.ts', '/a/b c/src/ops/elementwise/sin.ts', true],
  ['file:///a/src/graph/sourceSite.ts', '/a/test/user.ts', false],
  ['file:///a/node_modules/grad-ts/dist/core-1.js', '/a/node_modules/grad-ts/dist/index.js', true],
  [
    'file:///a/node_modules/grad-ts/dist/core-1.js',
    '/a/node_modules/grad-ts/src/ops/elementwise/sin.ts',
    true,
  ],
  ['file:///a/node_modules/grad-ts/dist/core-1.js', '/a/src/user.ts', false],
  ['http://host/lib/grad-ts.browser.js', 'http://host/lib/grad-ts.lax.js:1:2', true],
  ['http://host/lib/grad-ts.browser.js', 'http://host/lib/user.js:1:2', false],
  ['file:///a/app.js', '/a/node_modules/grad-ts/src/ops/elementwise/sin.ts', true],
])('of the library at %s, %s is a part: %s', (here, frame, isOwn) => {
  expect(libraryPaths(here).some((place) => frame.includes(place))).toBe(isOwn)
})
