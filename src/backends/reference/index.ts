import type { Backend } from '../../ir/backend.js'
import { cpuCosts } from '../../ir/costs.js'
import { dtypes } from '../../ir/dtype.js'
import { compileProgram } from './executable.js'
import { elementsOf, HostArray } from './hostArray.js'

/**
 * The reference: plain loops in JS over typed arrays, each node in its own precision, no generated code.
 * Simple enough to be believed; every other backend is compared with it.
 */
export const reference: Backend = {
  name: 'reference',
  device: { description: 'loops in JavaScript', isHardware: false },
  capabilities: { dtypes, syncRead: true, hostMemory: true, costs: cpuCosts },
  compile: compileProgram,
  upload: (data) => new HostArray(data),
  download: async (handle) => elementsOf(handle),
  downloadSync: elementsOf,
  free: (handle) => {
    if (handle instanceof HostArray) handle.data = null
  },
}
