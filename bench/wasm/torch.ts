import { spawn, spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { MyNetData } from './myNet.js'

/** PyTorch in a process of its own, training the same network. */
export type Torch = {
  readonly losses: (steps: number) => Promise<readonly number[]>
  /** Milliseconds that so many steps took. */
  readonly train: (steps: number) => Promise<number>
  readonly close: () => void
}

/** Debian's packages are for its own Python, which need not be the first one on the path. */
const python = process.env['PYTHON'] ?? '/usr/bin/python3'

/** Why there is no PyTorch; `null` where there is. */
export const whyNoTorch = (): string | null =>
  spawnSync(python, ['-c', 'import torch'], { stdio: 'ignore' }).status === 0
    ? null
    : `${python} has no torch: Debian's package is python3-torch`

export const startTorch = async ({ x, labels, weights }: MyNetData, threads: number): Promise<Torch> => {
  const folder = await mkdtemp(join(tmpdir(), 'grad-ts-bench-'))
  await writeFile(join(folder, 'x'), x)
  await writeFile(join(folder, 'labels'), Int32Array.from(labels))
  for (const [i, weight] of weights.entries()) await writeFile(join(folder, `weight${i}`), weight)
  const script = fileURLToPath(new URL('myNet.py', import.meta.url))
  const child = spawn(python, [script, folder, String(threads)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const asked = async (command: string): Promise<unknown> => {
    child.stdin.write(`${command}\n`)
    const line = await lines.next()
    if (line.done === true) throw new Error(`PyTorch: an answer to "${command}" is required, and it ended.`)
    return JSON.parse(line.value)
  }
  return {
    losses: async (steps) => (await asked(`losses ${steps}`)) as readonly number[],
    train: async (steps) => (await asked(`train ${steps}`)) as number,
    close: () => {
      child.stdin.end()
      void rm(folder, { recursive: true, force: true })
    },
  }
}
