import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { build } from '../../../test/builtPackages.js'
import { filesBelow, gradTs, stopAt } from './commandLine.js'
import { expectPage } from './runPageFile.js'
import { resultOf, tracesOf } from './runTraces.js'

let home = ''

beforeAll(async () => {
  await build()
  home = mkdtempSync(join(tmpdir(), 'grad-ts-cli-'))
}, 240_000)

afterAll(() => rmSync(home, { recursive: true, force: true }))

describe('grad-ts train mnist-cnn', () => {
  const tiny = ['--limit', '48', '--test-limit', '32', '--batch-size', '16', '--epochs', '1']
  const cnn = ['train', 'mnist-cnn', ...tiny, '--checkpoint-every', '2']

  it('shows its filters and maps; killed, it is resumed to the same result', async () => {
    const [folder, killed] = [join(home, 'cnn'), join(home, 'cnn-killed')]
    const ended = await gradTs(...cnn, '--out', folder)
    expect(ended.code, ended.stderr).toBe(0)
    const maps = ['maps-conv1.png', 'maps-conv2.png', 'maps-conv3.png']
    expect(Object.keys(filesBelow(folder))).toEqual(expect.arrayContaining(['filters.png', ...maps]))
    expect(resultOf(folder).report).toMatchObject({ model: 'mnist-cnn', parameters: 9_536_074 })
    expectPage(folder, ['loss.svg', 'mistakes.png', 'filters.png', ...maps])
    expect((await stopAt(killed, 2, 'SIGKILL', cnn)).signal).toBe('SIGKILL')
    expect((await gradTs('train', 'mnist-cnn', '--resume', '--out', killed)).code).toBe(0)
    expect(tracesOf(killed)).toEqual(tracesOf(folder))
    for (const name of ['filters.png', ...maps])
      expect(filesBelow(killed)[name], name).toBe(filesBelow(folder)[name])
  }, 180_000)
})
