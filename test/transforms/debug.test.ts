import { afterEach, describe, expect, it, vi } from 'vitest'
import * as debug from '../../src/debug.js'
import { graphCodec } from '../../src/export.js'
import {
  cond,
  customJvp,
  DTypeError,
  evalShape,
  GradError,
  grad,
  jit,
  jvp,
  makeGraph,
  NaNError,
  np,
  pureCallback,
  remat,
  ShapeError,
  scan,
  type Tensor,
  TreeMismatchError,
  vmap,
  whileLoop,
} from '../../src/index.js'
import { expectClose, scalar, vector } from './doubles.js'

const x = vector(1, 2, 3)
const seen: unknown[] = []
const note = (...values: readonly Tensor[]): void => {
  seen.push(values.length === 1 ? values[0].toArray() : values.map((v) => v.toArray()))
}
/** What was noted while `body` ran. */
const notes = (body: () => unknown): readonly unknown[] => {
  seen.length = 0
  body()
  return [...seen]
}
const noted = (y: Tensor): Tensor => {
  debug.callback(note, y)
  return y
}

afterEach(() => vi.restoreAllMocks())

describe('debug.callback', () => {
  it('is called with values, at once or whenever a compiled function gets there', () => {
    expect(notes(() => noted(x))).toEqual([[1, 2, 3]])
    const f = jit((y: Tensor) => noted(y.mul(2)).add(1))
    expect(notes(() => f(x))).toEqual([[2, 4, 6]])
    expect(notes(() => f(vector(0, 0, 1)))).toEqual([[0, 0, 2]])
    expect(f.traceCount()).toBe(1)
  })

  it('stays where nothing needs it, is not merged, and keeps its order', () => {
    const f = jit((y: Tensor) => {
      debug.callback((v: Tensor) => seen.push(['a', v.item()]), y.sum())
      for (let i = 0; i < 2; i++) debug.callback(note, y)
      debug.callback((v: Tensor) => seen.push(['b', v.item()]), y.get(0))
    })
    expect(notes(() => f(x))).toEqual([
      ['a', 6],
      [1, 2, 3],
      [1, 2, 3],
      ['b', 1],
    ])
    expect(notes(() => jit(() => debug.callback(() => seen.push('called')))())).toEqual(['called'])
  })

  it('is called once for each run of a loop, though nothing is made of its results', () => {
    const loop = (y: Tensor) => {
      scan((c: Tensor, k: Tensor) => [noted(c.add(k)), c], scalar(0), y)
      return y
    }
    expect(notes(() => jit(loop)(x))).toEqual([1, 3, 6])
    expect(notes(() => loop(x))).toEqual([1, 3, 6])
    const doubling = jit((y: Tensor) =>
      whileLoop(
        (v: Tensor) => np.less(v, 20),
        (v: Tensor) => noted(v.mul(2)),
        y,
      ),
    )
    expect(notes(() => doubling(scalar(3)))).toEqual([6, 12, 24])
  })

  it('is called in the branch that is taken, alone', () => {
    const f = jit((y: Tensor) =>
      cond(
        np.greater(y, 0),
        (v: Tensor) => noted(v),
        (v: Tensor) => v.neg(),
        y,
      ),
    )
    expect(notes(() => f(scalar(5)))).toEqual([5])
    expect(notes(() => f(scalar(-5)))).toEqual([])
  })

  it('is called for each lane, in order, by one equation', () => {
    expect(notes(() => vmap(noted)(x))).toEqual([1, 2, 3])
    const table = np.array([
      [1, 2],
      [3, 4],
    ])
    const f = vmap(vmap(noted))
    expect(notes(() => jit(f)(table))).toEqual([1, 2, 3, 4])
    expect(makeGraph(f)(table).graph.eqns.map((e) => e.primitive.name)).toEqual(['debugCallback'])
    const beside = (y: Tensor) => {
      debug.callback(note, y, x.sum())
      return y
    }
    expect(notes(() => vmap(beside)(x))).toEqual([
      [1, 6],
      [2, 6],
      [3, 6],
    ])
  })

  it('is called for values alone by derivatives, once', () => {
    const f = (y: Tensor) => np.sin(noted(y)).sum()
    for (const g of [grad(f), jit(grad(f)), grad(jit(f))]) {
      expect(notes(() => g(x))).toEqual([[1, 2, 3]])
    }
    expect(notes(() => jvp(f, [x], [x]))).toEqual([[1, 2, 3]])
    const steps = (y: Tensor) => scan((c: Tensor, k: Tensor) => [noted(c.mul(k)), null], scalar(1), y)[0]
    expect(notes(() => jit(grad(steps))(x))).toEqual([1, 2, 6])
    expect(
      notes(() =>
        grad((y: Tensor) =>
          cond(
            np.greater(y, 0),
            (v: Tensor) => noted(v).mul(v),
            (v: Tensor) => v,
            y,
          ),
        )(scalar(3)),
      ),
    ).toEqual([3])
    expectClose(grad(steps)(x), [6, 3, 2])
  })

  it('is called again by remat, which computes its function again', () => {
    const f = remat((y: Tensor) => np.sin(noted(y)).sum())
    expect(notes(() => f(x))).toEqual([[1, 2, 3]])
    expect(notes(() => jit(grad(f))(x))).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ])
  })

  it('may itself compute, with the function that it is called from too', () => {
    const f: (y: Tensor) => Tensor = jit((y: Tensor) => {
      debug.callback((v: Tensor) => {
        if (v.item() < 3) seen.push(f(v.add(1)).item())
      }, y)
      return y.mul(10).add(y)
    })
    expect(notes(() => expect(f(scalar(1)).item()).toBe(11))).toEqual([33, 22])
  })

  it('gives its errors to the caller, and refuses promises', () => {
    const f = jit((y: Tensor) => {
      debug.callback((_: Tensor) => {
        throw new Error('stop here')
      }, y)
      return y
    })
    expect(() => f(x)).toThrow('stop here')
    expect(() => debug.callback(async (_: Tensor) => undefined, x)).toThrow(GradError)
  })

  it('is refused where a graph is written to a file', () => {
    const { graph } = makeGraph(noted)(x)
    expect(() => graphCodec.encode(graph)).toThrow(/plain data is required/)
  })

  it('does not run because a value was asked for while tracing', () => {
    const f = (y: Tensor) => (noted(y).sum().item() > 0 ? y.mul(2).sum() : y.sum())
    expect(notes(() => grad(f)(x))).toEqual([[1, 2, 3]])
  })
})

describe('debug.print', () => {
  const printed = (body: () => unknown): readonly unknown[] => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined)
    body()
    return log.mock.calls.map(([line]) => line)
  }

  it('puts values in a format, by order, place or name', () => {
    const f = jit((y: Tensor) => {
      debug.print('{} then {}', y, y.sum())
      debug.print('{1} before {0}, {{}}', y.get(0), y.get(1))
      debug.print('a = {a}, b = {b}', { a: y, b: { c: y.get(0) } })
      return y
    })
    expect(printed(() => f(np.array([1, 2])))).toEqual([
      '[1, 2] then 3',
      '2 before 1, {}',
      'a = [1, 2], b = {"c":1}',
    ])
  })

  it('refuses a field without an argument before anything runs', () => {
    expect(() => debug.print('{} {}', x)).toThrow(GradError)
    expect(() => jit((y: Tensor) => debug.print('{x}', y))(x)).toThrow(/\{x\}/)
  })
})

describe('pureCallback', () => {
  const reversed = (y: Tensor): Tensor =>
    np.array([...(y.toArray() as number[])].reverse(), { dtype: y.dtype })
  const f = (y: Tensor) => pureCallback(reversed, y, y).mul(np.array([1, 10, 100], { dtype: 'float64' }))

  it('is an operation like others, under jit and for each lane of vmap', () => {
    expectClose(f(x), [3, 20, 100])
    expectClose(jit(f)(x), [3, 20, 100])
    expectClose(jit(vmap(f))(np.stack([x, x.mul(2)])), [3, 20, 100, 6, 40, 200], [2, 3])
    expect(evalShape(f, x).shape).toEqual([3])
    const pair = pureCallback(
      (y: Tensor) => ({ n: y.size, twice: y.mul(2) }),
      { n: evalShape((y: Tensor) => y.sum(), x), twice: x },
      x,
    )
    expect([pair.n.item(), pair.n.dtype, pair.twice.toArray()]).toEqual([3, 'float64', [2, 4, 6]])
  })

  it('is left out where its result is not needed', () => {
    const g = jit((y: Tensor) => {
      pureCallback((v: Tensor) => noted(v), y, y)
      return y
    })
    expect(notes(() => g(x))).toEqual([])
  })

  it('refuses results of another form than was said', () => {
    const giving = (value: unknown) => () => jit((y: Tensor) => pureCallback((_: Tensor) => value, y, y))(x)
    expect(giving(np.zeros([2]))).toThrow(ShapeError)
    expect(giving(np.zeros([3], { dtype: 'int32' }))).toThrow(DTypeError)
    expect(giving([x])).toThrow(TreeMismatchError)
  })

  it('has no derivative but one that is given, and names the way', () => {
    expect(() => grad((y: Tensor) => f(y).sum())(x)).toThrow(/pureCallback\(reversed\).*customJvp/)
    const ruled = customJvp(f, ([y], [dy]) => [f(y), f(dy)])
    expectClose(jvp(ruled, [x], [vector(1, 0, 0)])[1], [0, 0, 100])
    const places = (y: Tensor) =>
      y.mul(
        pureCallback((v: Tensor) => v.argmax().astype('int32'), np.array(0, { dtype: 'int32' }), y).add(1),
      )
    expectClose(grad((y: Tensor) => places(y).sum())(x), [3, 3, 3])
  })
})

describe('debug.nans', () => {
  const found = (body: () => unknown): string => {
    try {
      debug.nans(body)
    } catch (error) {
      if (error instanceof NaNError) return error.message
      throw error
    }
    return 'none'
  }
  const minus = vector(1, -1)

  it('names the operation and the line that made a NaN, eager or compiled', () => {
    expect(found(() => np.log(minus))).toMatch(
      /^log: .*f64\[2\] with NaN at element 1, from operands without any.*debug\.test\.ts:\d+/,
    )
    const f = jit((y: Tensor) => {
      const s = y.mul(2)
      const t = np.sqrt(s)
      return t.add(1)
    })
    expect(found(() => f(minus))).toMatch(/^sqrt: .*debug\.test\.ts/)
    expect(found(() => f(x))).toBe('none')
    expect(f(minus).toArray()).toEqual([1 + Math.SQRT2, Number.NaN])
  })

  it('names the line of the function that ran, not of an equal one', () => {
    const first = jit((y: Tensor) => np.log(y).mul(3))
    const second = jit((y: Tensor) => np.log(y).mul(3))
    const lineOf = (f: (y: Tensor) => Tensor) =>
      Number(/debug\.test\.ts:(\d+)/.exec(found(() => f(minus)))?.[1])
    expect(lineOf(second)).toBe(lineOf(first) + 1)
  })

  it('looks into loops, branches, calls and derivatives', () => {
    const inner = jit((y: Tensor) => np.log(y))
    const loop = jit((y: Tensor) => scan((c: Tensor, k: Tensor) => [inner(c).mul(k), c], y.sum(), y)[0])
    expect(found(() => loop(np.negative(x)))).toMatch(/^log: /)
    const branch = jit((y: Tensor) =>
      cond(
        np.greater(y, 0),
        (v: Tensor) => v,
        (v: Tensor) => np.sqrt(v),
        y,
      ),
    )
    expect(found(() => branch(scalar(1)))).toBe('none')
    expect(found(() => branch(scalar(-1)))).toMatch(/^sqrt: /)
    // 0 · ∞ in the derivative of sqrt at 0, of which the values show nothing
    const g = (y: Tensor) => np.sqrt(y.mul(y)).sum()
    expect(found(() => jit(g)(vector(0)))).toBe('none')
    expect(found(() => jit(grad(g))(vector(0)))).toMatch(/NaN at element 0/)
  })

  it('says when a NaN was given, and leaves alone what a where hides', () => {
    expect(found(() => np.sin(vector(Number.NaN)))).toMatch(/^sin: .*operands that have NaN already/)
    const safe = jit((y: Tensor) => np.where(np.greater(y, 0), np.log(y), 0))
    expect(found(() => safe(minus))).toBe('none')
  })

  it('is off outside, and can be turned on for good', () => {
    expect(() => debug.nans(() => np.log(minus))).toThrow(NaNError)
    expect(np.log(minus).toArray()).toEqual([0, Number.NaN])
    debug.setNans(true)
    try {
      expect(() => np.log(minus)).toThrow(NaNError)
    } finally {
      debug.setNans(false)
    }
  })
})
