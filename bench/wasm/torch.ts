import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startScript, whyNoModule } from '../python.js'
import type { MyNetData } from './myNet.js'

/** PyTorch in a process of its own, training the same network. */
export type Torch = {
  readonly losses: (steps: number) => Promise<readonly number[]>
  /** Milliseconds that so many steps took. */
  readonly train: (steps: number) => Promise<number>
  readonly close: () => void
}

/** Why there is no PyTorch; `null` where there is. */
export const whyNoTorch = (): string | null => whyNoModule('torch', 'python3-torch')

export const startTorch = async ({ x, labels, weights }: MyNetData, threads: number): Promise<Torch> => {
  const folder = await mkdtemp(join(tmpdir(), 'grad-ts-bench-'))
  await writeFile(join(folder, 'x'), x)
  await writeFile(join(folder, 'labels'), Int32Array.from(labels))
  for (const [i, weight] of weights.entries()) await writeFile(join(folder, `weight${i}`), weight)
  const path = fileURLToPath(new URL('myNet.py', import.meta.url))
  const { ask, close } = startScript(path, [folder, String(threads)])
  return {
    losses: async (steps) => (await ask(`losses ${steps}`)) as readonly number[],
    train: async (steps) => (await ask(`train ${steps}`)) as number,
    close: () => {
      close()
      void rm(folder, { recursive: true, force: true })
    },
  }
}
