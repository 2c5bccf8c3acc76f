/** The functions of files as fp-ts's tasks, whose errors are values, for those who compose them. */
export { openImageFolder } from './imageFolder.js'
export { folderBatches } from './loader.js'
export { loadImageFolder, pictureSizes } from './loadImageFolder.js'
export { loadMnist } from './mnist.js'
