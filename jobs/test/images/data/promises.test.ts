import { expect, it } from 'vitest'
import { temporaryFolder } from '../../../../test/io/temporaryFolder.js'
import * as data from '../../../src/index.js'
import { pngBytes, writeFiles } from './pngFiles.js'

const folder = temporaryFolder()

it('batches of a folder end with what is wrong, as an error', async () => {
  writeFiles(folder(), { 'cat/1.png': pngBytes({ height: 2, width: 2 }) })
  const opened = await data.openImageFolder(folder())
  const sizes = await data.pictureSizes(opened, {})
  writeFiles(folder(), { 'cat/1.png': 'no picture' })
  const read = async () => {
    for await (const batch of data.folderBatches(opened, sizes, { batchSize: 1, seed: 0, epoch: 0 }))
      expect(batch.size).toBe(1)
  }
  await expect(read()).rejects.toMatchObject({ _tag: 'IoFormatError', required: 'a PNG' })
  await expect(data.loadImageFolder(folder())).rejects.toThrow('a PNG was required')
  await expect(data.loadMnist(folder())).rejects.toMatchObject({ _tag: 'IoSystemError' })
})
