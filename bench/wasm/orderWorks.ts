import { jit, np, type Tensor } from '../../src/index.js'
import * as lax from '../../src/lax.js'
import { numbers } from '../numbers.js'
import type { Work } from '../suite.js'
import { beside } from './beside.js'
import { onArrays } from './onArrays.js'

const [rows, width, count] = [10_000, 64, 65_536]

/** As the gradient of an embedding is made. */
const addRows: Work = {
  work: 'rows added at places',
  shape: `[${count},${width}] into [${rows},${width}]`,
  operations: null,
  mostMs: null,
  prepare: () => {
    const data = numbers(count * width, 6)
    const at = Int32Array.from(numbers(count, 7), (x) => Math.floor(Math.abs(x) * 1e6) % rows)
    const [updates, places] = [np.array(data, { shape: [count, width] }), np.array(at)]
    const f = jit((updates: Tensor, places: Tensor) =>
      lax.scatterAdd(np.zeros([rows, width]), [places], updates, [0]),
    )
    return beside(
      { name: 'rows added at places', f: () => [f(updates, places)], operands: [updates, places] },
      (peer) => peer.addRows(data, at, rows, width),
      {},
    )
  },
}

/** Sorting, choosing and adding at computed places: all but the last by routines of the host over the memory of the engine. */
export const orderWorks: readonly Work[] = [
  onArrays(
    'rows sorted',
    [4096, 256],
    (x) => np.sort(x),
    (x) => (peer) => peer.sortRows(x, [4096, 256]),
    {},
  ),
  onArrays(
    'one long row sorted',
    [1, 2 ** 20],
    (x) => np.sort(x),
    (x) => (peer) => peer.sortRows(x, [1, 2 ** 20]),
    {},
  ),
  onArrays(
    'the 5 greatest of rows',
    [4096, 256],
    (x) => lax.topK(x, 5)[0],
    (x) => (peer) => peer.greatest(x, [4096, 256], 5),
    {},
  ),
  onArrays(
    'cumsum over axis 0',
    [4096, 1024],
    (x) => np.cumsum(x, 0),
    (x) => (peer) => peer.cumsum(x, [4096, 1024], 0),
    {},
  ),
  addRows,
]
