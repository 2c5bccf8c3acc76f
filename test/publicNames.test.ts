import { expect, it } from 'vitest'
import * as augment from '../src/augment.js'
import * as debug from '../src/debug.js'
import * as exported from '../src/export.js'
import * as index from '../src/index.js'
import * as io from '../src/io.js'
import * as lax from '../src/lax.js'
import * as linalg from '../src/linalg.js'
import * as metrics from '../src/metrics.js'

const { nn, np, optim, random, tree } = index

const namespaces: Readonly<Record<string, object>> = {
  index,
  nn,
  'nn.functional': nn.functional,
  np,
  optim,
  random,
  tree,
  augment,
  debug,
  export: exported,
  io,
  lax,
  linalg,
  metrics,
}

it('every function is at home in one namespace', () => {
  const homes = new Map<unknown, string>()
  for (const [namespace, members] of Object.entries(namespaces))
    for (const [name, value] of Object.entries(members)) {
      if (typeof value !== 'function') continue
      const home = homes.get(value) ?? namespace
      expect(home, `${name} of ${namespace}`).toBe(namespace)
      homes.set(value, namespace)
    }
  expect(homes.size).toBeGreaterThan(300)
})
