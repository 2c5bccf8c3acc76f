import type { Absent, Contender, Prepared, Suite, Work } from '../suite.js'
import { type ChromiumPage, openPage } from './chromiumPage.js'

const backends = ['gpujs:webgl2', 'gpujs:webgpu'] as const
const others = ['tfjs webgl', 'jax-js webgl', 'jax-js webgpu'] as const

/** Steps of which the losses have to agree, relative to ours. */
const compared = 20
const tolerance = 1e-4

/** @throws where the losses differ: what is compared has to be the same work */
const requireEqual = (name: string, losses: readonly number[], want: readonly number[]): void => {
  for (const [i, loss] of losses.entries())
    if (!(Math.abs(loss - want[i]) <= tolerance * want[i]))
      throw new Error(`${name}: our losses are required, ${want[i]} in step ${i}, got ${loss}.`)
}

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const contender = (page: ChromiumPage, name: string): Contender => ({
  name,
  run: async (times) => ({ ms: await page.train(name, times) }),
})

type Started = { readonly contenders: ReadonlyMap<string, Contender>; readonly absent: readonly Absent[] }

/** All of them, from the same numbers, their losses compared; those that can't do a step say why. */
const start = async (page: ChromiumPage): Promise<Started> => {
  const want = await page.losses(backends[0], compared)
  process.stderr.write(`losses from ${want[0]} to ${want[compared - 1]}\n`)
  const contenders = new Map<string, Contender>([[backends[0], contender(page, backends[0])]])
  const absent: Absent[] = []
  for (const name of [...backends.slice(1), ...others]) {
    const losses = await page.losses(name, compared).catch((error: unknown) => message(error))
    if (typeof losses === 'string') absent.push({ name, why: losses.split('\n')[0] })
    else {
      requireEqual(name, losses, want)
      contenders.set(name, contender(page, name))
    }
  }
  return { contenders, absent }
}

/** Training in Chromium, which draws in software; beside libraries in the same page. Its figures have no bars. */
export const browserSuite = async (): Promise<Suite> => {
  const page = await openPage()
  process.stderr.write(`Chromium ${page.version}\n`)
  const { contenders, absent } = await start(page).catch(async (error: unknown) => {
    await page.close()
    throw error
  })
  const training = (backend: string): Work => ({
    work: 'MLP training step',
    shape: '784-128-10, batch 64',
    backend,
    operations: null,
    mostMs: null,
    prepare: async (): Promise<Prepared> => {
      const ours = contenders.get(backend)
      if (ours === undefined)
        throw new Error(`${backend}: ${absent.find(({ name }) => name === backend)?.why}`)
      const peers = [...contenders.values()].filter(({ name }) => others.some((o) => o === name))
      return {
        ours,
        peers: peers.map((peer) => ({ ...peer, bar: null })),
        absent: absent.filter(({ name }) => others.some((o) => o === name)),
        close: () => {},
      }
    },
  })
  return {
    backend: 'gpujs in Chromium',
    threads: null,
    works: backends.map(training),
    close: page.close,
  }
}
