import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { atomicWrite } from '../../src/io/atomicWrite.js'
import { temporaryFolder } from './temporaryFolder.js'

describe('atomicWrite', () => {
  const folder = temporaryFolder()

  it('writes bytes and text, and replaces what was there', async () => {
    const path = join(folder(), 'a')
    expect(await atomicWrite(path, Uint8Array.of(1, 2))()).toEqual(E.right(undefined))
    expect(Array.from(await readFile(path))).toEqual([1, 2])
    await atomicWrite(path, 'é')()
    expect(await readFile(path, 'utf8')).toBe('é')
    expect(await readdir(folder())).toEqual(['a'])
  })

  it('says which path could not be written', async () => {
    const path = join(folder(), 'missing', 'a')
    const result = await atomicWrite(path, 'x')()
    expect(result).toMatchObject(E.left({ _tag: 'IoSystemError', path, operation: 'write' }))
    expect(E.isLeft(result) && result.left.message).toMatch(
      /missing.a: cannot write \(ENOENT.*\)\. Check that/,
    )
  })

  it('leaves the old file, and no temporary one, when it fails', async () => {
    const path = join(folder(), 'taken')
    await mkdir(path)
    await writeFile(join(path, 'inside'), 'old')
    expect((await atomicWrite(path, 'new')())._tag).toBe('Left')
    expect(await readdir(folder())).toEqual(['taken'])
    expect(await readFile(join(path, 'inside'), 'utf8')).toBe('old')
  })

  it('never shows a reader half a file', async () => {
    const path = join(folder(), 'a')
    const size = 1 << 20
    await atomicWrite(path, new Uint8Array(size))()
    let writing = true
    const writes = (async () => {
      for (let i = 1; i <= 20; i++) await atomicWrite(path, new Uint8Array(size).fill(i))()
      writing = false
    })()
    while (writing) {
      const bytes = await readFile(path)
      expect(bytes.length).toBe(size)
      expect(bytes.every((b) => b === bytes[0])).toBe(true)
    }
    await writes
  })
})
