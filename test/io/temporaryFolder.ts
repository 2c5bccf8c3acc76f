import { mkdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'

/** A new empty folder for each test of the file; the returned function names it. */
export const temporaryFolder = (): (() => string) => {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'grad-ts-test-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))
  return () => folder
}

/** A function that makes an empty folder, another one at each call, in one that is new for each test. */
export const temporaryFolders = (): (() => string) => {
  const folder = temporaryFolder()
  let made = 0
  return () => {
    const path = join(folder(), String(made++))
    mkdirSync(path)
    return path
  }
}
