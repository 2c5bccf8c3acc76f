import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Row } from './row.js'

/** What `bench` measures in a process of its own, with variables that are read when it starts. @throws where it fails */
export const rowsOfProcess = (
  flags: readonly string[],
  env: Readonly<Record<string, string>>,
): readonly Row[] => {
  const folder = mkdtempSync(join(tmpdir(), 'grad-ts-bench-'))
  const file = join(folder, 'rows.json')
  try {
    const { status } = spawnSync(
      process.execPath,
      [...process.execArgv, process.argv[1], ...flags, '--json', file],
      { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'inherit'] },
    )
    if (status !== 0)
      throw new Error(`bench ${flags.join(' ')}: exit with status 0 is required, got ${status}.`)
    return (JSON.parse(readFileSync(file, 'utf8')) as { readonly rows: readonly Row[] }).rows
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
