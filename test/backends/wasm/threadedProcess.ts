import { jit, np, type Tensor } from '../../../src/index.js'
import { threadedEngine } from './watchedThreads.js'

/** Works with threads, leaves them as they are, and has nothing more to do. */
const threads = await threadedEngine('threads', 3)
const y = jit((x: Tensor) => x.matmul(x), { backend: 'threads' })(np.ones([200, 200]))
if (y.dataSync()[0] === 200 && threads.ends.length === 0) console.log('worked')
