import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** A project of a user: a folder in which the package is installed. */
export type Project = {
  readonly folder: string
  /** Writes a file of the project. */
  write(name: string, text: string): Promise<void>
  /** Runs a program in the folder, with this Node before others; what it prints. @throws where it fails */
  run(program: string, args: readonly string[]): Promise<string>
  remove(): Promise<void>
}

const runIn = async (cwd: string, program: string, args: readonly string[]): Promise<string> => {
  const PATH = [dirname(process.execPath), process.env['PATH']].join(delimiter)
  // a program of a user is told nothing by the tests
  const { GRAD_TS_BACKEND, NODE_ENV, NODE_OPTIONS, ...env } = process.env
  const options = { cwd, env: { ...env, PATH }, maxBuffer: 2 ** 26 }
  const ended = promisify(execFile)(program, args, options)
  const { stdout, stderr } = await ended.catch((error) => {
    throw new Error(`${program} ${args.join(' ')}\n${error.stdout ?? ''}${error.stderr ?? error}`)
  })
  return stdout + stderr
}

/** What the package is made from. */
const sources = ['src', 'scripts', 'docs', 'package.json', 'tsconfig.json', 'tsdown.config.ts']
const texts = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'LICENSE']

/**
 * Packs the package as `npm publish` would, away from the checkout, and installs it with the dependencies that the checkout has:
 * nothing is fetched.
 */
export const installedProject = async (): Promise<Project> => {
  const home = await mkdtemp(join(tmpdir(), 'grad-ts-package-'))
  const [checkout, folder] = [join(home, 'checkout'), join(home, 'project')]
  await mkdir(checkout)
  for (const name of [...sources, ...texts])
    await cp(join(root, name), join(checkout, name), { recursive: true })
  await symlink(join(root, 'node_modules'), join(checkout, 'node_modules'))
  await runIn(checkout, 'npm', ['pack', '--pack-destination', home])
  for (const name of ['fp-ts', 'io-ts'])
    await runIn(home, 'npm', ['pack', '--ignore-scripts', join(root, 'node_modules', name)])
  await rm(checkout, { recursive: true })
  await mkdir(folder)
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  const tarballs = (await readdir(home)).filter((name) => name.endsWith('.tgz'))
  await runIn(folder, 'npm', [
    'install',
    '--offline',
    '--no-audit',
    '--no-fund',
    ...tarballs.map((t) => join('..', t)),
  ])
  return {
    folder,
    write: async (name, text) => {
      await mkdir(dirname(join(folder, name)), { recursive: true })
      await writeFile(join(folder, name), text)
    },
    run: (program, args) => runIn(folder, program, args),
    remove: () => rm(home, { recursive: true, force: true }),
  }
}

/** The files below a folder, by their paths from it, and their bytes. */
export const filesIn = async (folder: string): Promise<ReadonlyMap<string, number>> => {
  const entries = await readdir(folder, { recursive: true })
  const sizes = await Promise.all(
    entries.map(async (name) => {
      const found = await stat(join(folder, name))
      return [name, found.isFile() ? found.size : null] as const
    }),
  )
  return new Map(sizes.filter((s): s is [string, number] => s[1] !== null))
}
