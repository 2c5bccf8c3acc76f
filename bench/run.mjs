// `npm run bench`: installs the peers where they are not installed as bench/package-lock.json says, then measures.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))

const versionsIn = (file) => {
  try {
    const { packages } = JSON.parse(readFileSync(join(here, file), 'utf8'))
    return Object.entries(packages).flatMap(([at, { version, optional }]) =>
      at === '' || optional ? [] : [`${at}@${version}`],
    )
  } catch {
    return null
  }
}

const run = (command, args, cwd) => spawnSync(command, args, { cwd, stdio: 'inherit' }).status ?? 1

const installed = versionsIn('node_modules/.package-lock.json')
const wanted = versionsIn('package-lock.json')
if (installed === null || wanted.join() !== installed.join()) {
  const status = run('npm', ['ci', '--no-audit', '--no-fund'], here)
  if (status !== 0) process.exit(status)
}
const root = dirname(here)
const tsx = join(root, 'node_modules', 'tsx', 'dist', 'cli.mjs')
process.exit(run(process.execPath, [tsx, join(here, 'main.ts'), ...process.argv.slice(2)], process.cwd()))
