/** Sets of images: files of them, and their batches. */
export * from './images/data/index.js'
