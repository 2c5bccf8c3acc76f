import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { loadCheckpoint } from '../../src/io/loadCheckpoint.js'
import { temporaryFolder } from './temporaryFolder.js'

const script = fileURLToPath(new URL('./saveForever.ts', import.meta.url))

describe('a process killed while it saves', () => {
  const folder = temporaryFolder()

  it('leaves a checkpoint that is whole, and not older than the last one it finished', async () => {
    let finished = 0
    for (const delay of [20, 45, 70]) {
      const before = finished
      const child = spawn(process.execPath, ['--import', 'tsx', script, folder(), String(before + 1)])
      child.stdout.on('data', (dots: Buffer) => {
        finished += dots.length
      })
      await once(child.stdout, 'data')
      await new Promise((resolve) => setTimeout(resolve, delay))
      child.kill('SIGKILL')
      await once(child, 'close')
      const template = {
        weight: { dtype: 'float32', shape: [1 << 18], data: new Float32Array(1 << 18) } as const,
      }
      const loaded = await loadCheckpoint(folder(), 'filler', template)()
      if (E.isLeft(loaded)) throw new Error(loaded.left.message)
      const { counters, state, series } = loaded.right
      expect(counters['step']).toBeGreaterThanOrEqual(finished)
      expect(state.weight.data.every((value) => value === counters['step'])).toBe(true)
      expect(series['loss'].length).toBe(counters['step'])
      finished = counters['step']
    }
  }, 30_000)
})
