import { readFileSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import { expect } from 'vitest'
import type { HostArray, NamedArrays } from '../../../src/formats/namedArray.js'
import { decodeSafetensors } from '../../../src/formats/safetensors.js'

/** What PyTorch gave, by name; made by test/fixtures/torch/make.py. */
export const torchFixture = (name: string): NamedArrays => {
  const path = new URL(`../../fixtures/torch/${name}.safetensors`, import.meta.url)
  const read = decodeSafetensors(path.pathname, readFileSync(path))
  if (E.isLeft(read)) throw new Error(`${path.pathname}: ${read.left.got}`)
  return read.right.arrays
}

/** One of them. */
export const named = (arrays: NamedArrays, name: string): HostArray => {
  const found = arrays[name]
  if (found === undefined) throw new Error(`the fixture has no ${name}`)
  return found
}

export const norm = (values: ArrayLike<number>): number => {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i] ** 2
  return Math.sqrt(sum)
}

/** The norm of the difference over the norm of what is wanted. */
export const distance = (got: ArrayLike<number>, wanted: ArrayLike<number>): number => {
  expect(got.length).toBe(wanted.length)
  const difference = norm(Float64Array.from(got, (v, i) => v - wanted[i]))
  return difference === 0 ? 0 : difference / norm(wanted)
}
