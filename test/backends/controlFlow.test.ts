import { describe, it } from 'vitest'
import { schedule } from '../../src/compiler/schedule/schedule.js'
import type { Graph } from '../../src/graph/graph.js'
import {
  cond,
  foriLoop,
  grad,
  jit,
  np,
  scan,
  switchCase,
  type Tensor,
  vmap,
  whileLoop,
} from '../../src/index.js'
import { cpuCosts } from '../../src/ir/costs.js'
import { agrees, subjects } from './agreement.js'
import { type Case, type Draw, elements, int, oneOf } from './arbitraries/draw.js'

/** The program of a graph, with random inputs. */
const caseOf = (g: Draw, graph: Graph): Case => {
  const program = schedule(graph, cpuCosts)
  return {
    program,
    inputs: graph.inputs.map(({ aval }) =>
      elements(
        g,
        aval.dtype,
        aval.shape.reduce((n, d) => n * d, 1),
      ),
    ),
  }
}

/** Multiplication and addition of small whole numbers alone, which all orders compute alike. */
const walk = (start: Tensor, xs: Tensor, reverse: boolean): readonly Tensor[] => {
  const [last, ys] = scan(
    (c: Tensor, x: Tensor) => {
      const next = cond(
        x.sum().greater(0),
        (a: Tensor) => a.add(x),
        (a: Tensor) => x.sub(a),
        c,
      )
      return [next, [next.mul(2), x]] as const
    },
    start,
    xs,
    { reverse },
  )
  return [last, ...ys]
}

describe.each(subjects)('loops and branches on $name', (subject) => {
  it('with slices, carried values and branches within', () => {
    agrees(subject, (g) => {
      const [n, length, reverse] = [int(g, 0, 3), int(g, 0, 5), oneOf(g, [false, true])]
      const f = jit((c: Tensor, xs: Tensor) => walk(c, xs, reverse))
      return caseOf(g, f.lower(np.zeros([n]), np.zeros([length, n])).optimized)
    })
  })

  it('whose results go on into other loops', () => {
    agrees(subject, (g) => {
      const steps = int(g, 0, 4)
      const f = jit((c: Tensor, xs: Tensor) => {
        const [last, doubled] = walk(c, xs, false)
        const sum = foriLoop(0, steps, (i, s: Tensor) => s.add(last.mul(i)), doubled.sum({ axis: 0 }))
        return [sum, ...walk(sum, doubled, true)]
      })
      return caseOf(g, f.lower(np.zeros([2]), np.zeros([3, 2])).optimized)
    })
  })

  it('that stop by a condition, alone and a lane at a time', () => {
    agrees(subject, (g) => {
      const until = (limit: Tensor) =>
        whileLoop(
          ([, x]: readonly Tensor[]) => x.less(limit),
          ([i, x]: readonly Tensor[]) => [i.add(1), x.mul(2)],
          [np.zeros([], { dtype: 'int32' }), np.ones([])],
        )
      const f = oneOf(g, [
        jit((limits: Tensor) => until(limits.get(0))),
        jit((limits: Tensor) => vmap(until)(limits)),
      ])
      return caseOf(g, f.lower(np.zeros([int(g, 1, 4)])).optimized)
    })
  })

  it('chosen by any index', () => {
    agrees(subject, (g) => {
      const choose = (i: Tensor, x: Tensor) =>
        switchCase(i, [(a: Tensor) => a.mul(2), (a: Tensor) => a.add(1), (a: Tensor) => a.neg()], x)
      const index = (shape: number[]) => np.zeros(shape, { dtype: 'int32' })
      const graph = oneOf(g, [
        jit(choose).lower(index([]), np.zeros([3])).optimized,
        jit(vmap(choose)).lower(index([2]), np.zeros([2, 3])).optimized,
      ])
      return caseOf(g, graph)
    })
  })

  it('and their transposes', () => {
    agrees(
      subject,
      (g) => {
        const cost = (w: Tensor, c: Tensor, xs: Tensor) => walk(c.mul(w), xs, false)[1].sum()
        const f = jit(grad(cost, { argnums: [0, 1, 2] }))
        return caseOf(g, f.lower(np.zeros([2]), np.zeros([2]), np.zeros([int(g, 1, 4), 2])).optimized)
      },
      1e-5,
    )
  })
})
