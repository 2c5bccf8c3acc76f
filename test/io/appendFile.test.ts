import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { ioFormatError } from '../../src/formats/ioError.js'
import { type AppendFile, growing, openAppendFile } from '../../src/io/appendFile.js'
import { temporaryFolder } from './temporaryFolder.js'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

const opened = async (
  path: string,
  begin: (old: Uint8Array | undefined) => E.Either<ReturnType<typeof ioFormatError>, Uint8Array>,
): Promise<AppendFile> => {
  const file = await openAppendFile(path, begin)()
  if (E.isLeft(file)) throw new Error(file.left.message)
  return file.right
}

describe('openAppendFile', () => {
  const folder = temporaryFolder()

  it('starts with the head, and adds pieces in the order of the calls', async () => {
    const path = join(folder(), 'log')
    const file = await opened(path, (old) => E.right(old ?? bytesOf('head\n')))
    const pieces = Array.from({ length: 20 }, (_, i) => `${i} ${'x'.repeat(50_000 * (i % 3))}\n`)
    await Promise.all(pieces.map((piece) => file.append(bytesOf(piece))()))
    expect(await file.sync()).toEqual(E.right(undefined))
    expect(await file.close()).toEqual(E.right(undefined))
    expect(await readFile(path, 'utf8')).toBe(`head\n${pieces.join('')}`)
  })

  it('keeps what it is told to keep of an old file', async () => {
    const path = join(folder(), 'log')
    await writeFile(path, 'a\nb\nc')
    const file = await opened(path, (old) => E.right((old ?? new Uint8Array(0)).subarray(0, 4)))
    await file.append(bytesOf('d\n'))()
    await file.close()
    expect(await readFile(path, 'utf8')).toBe('a\nb\nd\n')
    expect(await readdir(folder())).toEqual(['log'])
  })

  it('leaves a file alone that is refused', async () => {
    const path = join(folder(), 'log')
    await writeFile(path, 'mine')
    const error = ioFormatError(path, 'a log', 'another file', 'Move it.')
    expect(await openAppendFile(path, () => E.left(error))()).toEqual(E.left(error))
    expect(await readFile(path, 'utf8')).toBe('mine')
  })

  it('says which path could not be opened', async () => {
    const start = () => E.right(bytesOf('x'))
    const missing = join(folder(), 'missing', 'log')
    expect(await openAppendFile(missing, start)()).toMatchObject(
      E.left({ _tag: 'IoSystemError', path: missing }),
    )
    expect(await openAppendFile(folder(), start)()).toMatchObject(
      E.left({ _tag: 'IoSystemError', operation: 'read' }),
    )
  })

  it('says when the system refuses to write', async () => {
    const path = join(folder(), 'log')
    const file = await opened(path, () => E.right(bytesOf('x')))
    await file.close()
    const result = await file.append(bytesOf('y'))()
    expect(result).toMatchObject(E.left({ _tag: 'IoSystemError', path, operation: 'append to' }))
    expect(await readFile(path, 'utf8')).toBe('x')
  })
})

describe('growing', () => {
  /** A disk with room for `room` bytes, which takes what fits and then refuses. */
  const smallDisk = (room: number, canTruncate = true) => {
    const disk = { content: '', room }
    const handle = {
      writeFile: async (piece: Uint8Array) => {
        const text = new TextDecoder().decode(piece)
        const fits = text.slice(0, disk.room - disk.content.length)
        disk.content += fits
        if (fits.length < text.length) throw new Error('ENOSPC: no space left on device, write')
      },
      truncate: async (length: number) => {
        if (!canTruncate) throw new Error('EIO')
        disk.content = disk.content.slice(0, length)
      },
      sync: async () => {},
      close: async () => {},
    }
    return { disk, handle }
  }

  it('cuts off the part of a piece for which the disk had no room, and goes on when there is', async () => {
    const { disk, handle } = smallDisk(10)
    const file = growing('log', handle, 0)
    expect(await file.append(bytesOf('row 1\n'))()).toEqual(E.right(undefined))
    const refused = await file.append(bytesOf('row 2\n'))()
    expect(E.isLeft(refused) && refused.left.message).toBe(
      'log: cannot append to (ENOSPC: no space left on device, write). Check that the disk has room and may be written.',
    )
    expect(disk.content).toBe('row 1\n')
    disk.room = 100
    expect(await file.append(bytesOf('row 3\n'))()).toEqual(E.right(undefined))
    expect(disk.content).toBe('row 1\nrow 3\n')
  })

  it('takes no more pieces after a half one that could not be cut off', async () => {
    const { disk, handle } = smallDisk(8, false)
    const file = growing('log', handle, 0)
    await file.append(bytesOf('row 1\n'))()
    const first = await file.append(bytesOf('row 2\n'))()
    disk.room = 100
    expect(await file.append(bytesOf('row 3\n'))()).toEqual(first)
    expect(disk.content).toBe('row 1\nro')
  })
})
