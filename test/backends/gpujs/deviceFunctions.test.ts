import { describe, expect, it } from 'vitest'
import { isOnDevice, natives } from '../../../src/backends/gpujs/natives.js'
import { callOf, scalarFunctions as scalarTexts } from '../../../src/backends/gpujs/scalar/functions.js'
import type { ScalarOp } from '../../../src/ir/expr.js'
import { scalarFunctions } from '../../../src/ir/scalarFunctions.js'

const written = (Object.keys(scalarFunctions) as ScalarOp[]).filter(isOnDevice)
const names = scalarTexts.map((f) => f.name)

describe('functions of devices', () => {
  it('are most of the table', () => {
    expect(written.length).toBeGreaterThan(40)
  })

  it.each(written)('%s has one text in GLSL, and a call in the scalar language', (fn) => {
    expect(natives.filter((n) => n.name === `${fn}4`).length).toBe(1)
    const call = callOf(fn, false, ['a', 'b', 'c'])
    expect(names.includes(fn)).toBe(call === `${fn}(a, b, c)`)
    if (!names.includes(fn)) expect(call).toMatch(/^(a [-+*/] b|-a|1 \/ Math\.sqrt\(a\)|Math\.\w+\(.*\))$/)
  })

  it('call, in the scalar language, what is written there', () => {
    for (const { source } of scalarTexts)
      for (const [, name] of source.matchAll(/(?<![.\w])(\w+)\(/g))
        if (!['if', 'for', 'function'].includes(name)) expect(names).toContain(name)
  })

  it('have names of their own', () => {
    expect(new Set(names).size).toBe(names.length)
    expect(new Set(natives.map((n) => n.name)).size).toBe(natives.length)
  })
})
