import { describe, expect, it } from 'vitest'
import { dense, moveAxes, padView, type View } from '../../src/ir/view.js'

/** What a view of 1, 2, …, n along one axis shows; 0 outside. */
const shown = ({ shape, offset, strides, guards }: View): readonly number[] =>
  Array.from({ length: shape[0] }, (_, i) =>
    guards.every((g) => g.offset + g.coefs[0] * i >= 0 && g.offset + g.coefs[0] * i < g.size)
      ? 1 + offset + strides[0] * i
      : 0,
  )

const cut = (view: View, start: number, length: number): View =>
  moveAxes(view, [length], [{ axis: 0, offset: start, step: 1 }])

const padded = (view: View): View => padView(view, [2], [1])

describe('views', () => {
  it.each<readonly [string, (x: View) => View, readonly number[]]>([
    ['before its start', (x) => cut(padded(x), 0, 4), [0, 0, 1, 2]],
    ['after its end', (x) => cut(padded(x), 4, 3), [3, 4, 0]],
    ['around it', (x) => cut(padded(x), 1, 6), [0, 1, 2, 3, 4, 0]],
    ['within it', (x) => cut(padded(x), 3, 2), [2, 3]],
    ['nowhere', (x) => padView(cut(padded(x), 0, 2), [0], [2]), [0, 0, 0, 0]],
  ])('padded again keep one bound a coordinate: cut %s', (_, f, first) => {
    const view = f(dense([4]))
    expect(shown(view)).toEqual(first)
    const again = padded(view)
    expect(shown(again)).toEqual([0, 0, ...first, 0])
    expect(shown(padded(cut(again, 1, first.length)))).toEqual([0, 0, 0, ...first.slice(0, -1), 0])
    expect(padded(again).guards).toHaveLength(1)
  })
})
