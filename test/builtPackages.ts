import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { build as buildBundle } from 'tsdown'
import { inject } from 'vitest'
import { jobsBundle } from '../scripts/jobsBundle.js'
import { packageBundle } from '../scripts/packageBundle.js'

const root = fileURLToPath(new URL('..', import.meta.url))

const modules = (): string => join(inject('buildFolder'), 'node_modules')

/** Where `build` makes the library. */
export const packageFolder = (): string => join(modules(), 'grad-ts')

/** The command line as the library has it. */
export const commandFile = (): string => join(packageFolder(), 'dist', 'cli.js')

/** What it runs: the entry of grad-ts-jobs. */
export const jobsFile = (): string => join(modules(), 'grad-ts-jobs', 'dist', 'cli.js')

/** Makes both packages as they are when installed: beside each other, and beside what they depend on. */
const makePackages = async (): Promise<void> => {
  const built = {
    'grad-ts': [packageBundle, root],
    'grad-ts-jobs': [jobsBundle, join(root, 'jobs')],
  } as const
  mkdirSync(modules())
  for (const name of readdirSync(join(root, 'node_modules')))
    if (!Object.hasOwn(built, name)) symlinkSync(join(root, 'node_modules', name), join(modules(), name))
  for (const [name, [bundle, home]] of Object.entries(built)) {
    const folder = join(modules(), name)
    mkdirSync(folder)
    symlinkSync(join(home, 'package.json'), join(folder, 'package.json'))
    await buildBundle({
      ...bundle,
      config: false,
      cwd: root,
      outDir: join(folder, 'dist'),
      dts: false,
      logLevel: 'warn',
      // as in the package, where src/ would be beside dist/
      outputOptions: { sourcemapPathTransform: (source: string) => source.replace(/^.*\/src\//, '../src/') },
    })
  }
}

/**
 * Makes the packages but for their types: once in a run of the tests, by whichever file asks first; the others wait for it.
 */
export const build = async (): Promise<void> => {
  const folder = inject('buildFolder')
  const [begun, ended] = [join(folder, 'begun'), join(folder, 'ended')]
  const isFirst = mkdirSync(begun, { recursive: true }) !== undefined
  if (isFirst) {
    const failure = await makePackages().then(
      () => '',
      (error) => `the packages could not be built: ${error}`,
    )
    writeFileSync(join(begun, 'failure'), failure)
    renameSync(join(begun, 'failure'), ended)
  } else while (!existsSync(ended)) await setTimeout(50)
  const failure = readFileSync(ended, 'utf8')
  if (failure !== '') throw new Error(failure)
}
