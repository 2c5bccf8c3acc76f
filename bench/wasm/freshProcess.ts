import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Contender } from '../suite.js'

const script = fileURLToPath(new URL('fresh.ts', import.meta.url))

/** What a process that was started for it alone says of a work. @throws where it fails */
export const inFreshProcess = async (
  what: string,
  flags: readonly string[] = [],
): Promise<Readonly<Record<string, number>>> => {
  const child = spawn(process.execPath, [...process.execArgv, ...flags, script, what], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const said: Buffer[] = []
  child.stdout.on('data', (part: Buffer) => said.push(part))
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (status !== 0) throw new Error(`${what}: exit with status 0 is required, got ${status}.`)
  return JSON.parse(Buffer.concat(said).toString()) as Readonly<Record<string, number>>
}

/** Times of a first call: each in a process of its own, what was loaded before it not counted. */
export const firstCallOf = (name: string, what: string): Contender => ({
  name,
  run: async (times) => {
    let ms = 0
    for (let i = 0; i < times; i++) ms += (await inFreshProcess(what)).ms
    return { ms }
  },
})

/** Few rounds of one time each, none before them: a process that is new is as cold as the others. */
export const onceAProcess = { warmUp: 0, sample: 0, rounds: 3, most: 60_000 } as const
