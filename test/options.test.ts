import { describe, expect, it } from 'vitest'
import * as augment from '../src/augment.js'
import * as debug from '../src/debug.js'
import * as exported from '../src/export.js'
import * as index from '../src/index.js'
import * as io from '../src/io.js'
import * as lax from '../src/lax.js'
import * as linalg from '../src/linalg.js'
import * as metrics from '../src/metrics.js'
import { type OptionsParameter, optionsParameters } from './publicOptions.js'

const entries: Readonly<Record<string, object>> = {
  index,
  augment,
  debug,
  export: exported,
  io,
  lax,
  linalg,
  metrics,
}

/** The function at a path of an entry, and what it is a method of. */
const find = (path: readonly string[]): { readonly f: unknown; readonly self: unknown } => {
  const names = path.flatMap((name) => (name === 'Tensor' ? [name, 'prototype'] : [name]))
  let self: unknown
  let f: unknown = entries
  for (const name of names) {
    self = f
    f = (f as Readonly<Record<string, unknown>>)[name]
  }
  return { f, self: path.includes('Tensor') ? index.np.ones([2, 2]) : self }
}

/** Some arguments before the options. */
const before = ({ path, index: place, before: kinds }: OptionsParameter): readonly unknown[] => {
  const name = path[path.length - 1]
  const image = index.np.ones([1, 1, 4, 4])
  if (/^conv/.test(name) && place === 3 && path.includes('nn')) return [1, 1, 3]
  if (name === 'arange') return [1, 2, 3].slice(0, place)
  return kinds.map((kind) => (kind === 'axis' ? 0 : kind === 'function' ? (x: unknown) => x : image))
}

describe('options of public functions', () => {
  const parameters = optionsParameters(Object.keys(entries))

  it('are found from the types of these functions', () => {
    expect(parameters.length).toBeGreaterThan(150)
    const names = parameters.map(({ path }) => path.join('.'))
    for (const name of [
      'index.np.sum',
      'index.Tensor.argmax',
      'index.optim.adam',
      'index.nn.conv2d',
      'index.nn.functional.conv2d',
      'lax.associativeScan',
      'index.jit',
    ])
      expect(names).toContain(name)
  })

  it.each(parameters.map((p) => [`${p.path.join('.')}, argument ${p.index}`, p] as const))(
    'are checked by %s',
    async (_name, parameter) => {
      const { f, self } = find(parameter.path)
      if (typeof f !== 'function') throw new Error('no such function')
      const call = async (): Promise<unknown> => {
        const result: unknown = Reflect.apply(f, self, [...before(parameter), { definitelyUnknown: 1 }])
        // generators begin when they are asked
        const started = result as { readonly next?: () => unknown } | undefined
        return typeof started?.next === 'function' ? started.next() : result
      }
      await expect(call()).rejects.toThrow(/: options among [^.]* are required, got definitelyUnknown\.$/)
    },
  )
})
