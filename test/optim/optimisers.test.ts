import { describe, expect, it } from 'vitest'
import { GradError, jit, np, optim, type Tensor, TreeMismatchError, tree } from '../../src/index.js'

type Rule = { step(p: readonly number[], g: readonly number[]): readonly number[] }

const first = [1, -2, 0.5]
const steps = 12
/** Gradients that change sign and size, and depend on the parameters. */
const gradient = (p: readonly number[], t: number) => p.map((x, i) => x * (i + 1) + Math.sin(3 * t + i))

const tensor = (xs: readonly number[]) => np.array([...xs], { dtype: 'float64' })
const numbers = (t: Tensor): readonly number[] => Array.from(t.dataSync())

/** The parameters after each step, in float64, split over a tree of two leaves. */
const trajectory = (opt: optim.GradientTransformation, wrap = <T>(f: T): T => f) => {
  const update = wrap(
    (
      grads: readonly [Tensor, { b: Tensor }],
      state: optim.States,
      params: readonly [Tensor, { b: Tensor }],
    ) => {
      const [updates, next] = opt.update(grads, state, params)
      return [optim.applyUpdates(params, updates), next] as const
    },
  )
  const split = (xs: readonly number[]) => [tensor(xs.slice(0, 2)), { b: tensor(xs.slice(2)) }] as const
  let params = split(first)
  let state = opt.init(params)
  return Array.from({ length: steps }, (_, t) => {
    const flat = [...numbers(params[0]), ...numbers(params[1].b)]
    const [nextParams, nextState] = update(split(gradient(flat, t)), state, params)
    params = nextParams
    state = nextState
    return [...numbers(params[0]), ...numbers(params[1].b)]
  })
}

const expected = (rule: Rule) => {
  let p: readonly number[] = first
  return Array.from({ length: steps }, (_, t) => {
    p = rule.step(p, gradient(p, t))
    return p
  })
}

const expectClose = (
  got: readonly (readonly number[])[],
  want: readonly (readonly number[])[],
  tolerance = 1e-12,
) => {
  got.forEach((row, t) => {
    row.forEach((x, i) => {
      expect(Math.abs(x - want[t][i]), `step ${t}, element ${i}: ${x} and ${want[t][i]}`).toBeLessThan(
        tolerance,
      )
    })
  })
}

const zeros = (): readonly number[] => first.map(() => 0)
const zip = (f: (...xs: number[]) => number, ...lists: readonly (readonly number[])[]): readonly number[] =>
  lists[0].map((_, i) => f(...lists.map((l) => l[i])))

// Each rule as the reference documentation writes it, on JS numbers.
const torchSgd = (lr: number, momentum: number, nesterov: boolean, weightDecay: number): Rule => {
  let buffer: readonly number[] | null = null
  return {
    step(p, g) {
      let d = zip((gi, pi) => gi + weightDecay * pi, g, p)
      if (momentum !== 0) {
        buffer = buffer === null ? d : zip((b, di) => momentum * b + di, buffer, d)
        d = nesterov ? zip((di, b) => di + momentum * b, d, buffer) : buffer
      }
      return zip((pi, di) => pi - lr * di, p, d)
    },
  }
}

const torchAdam = (lr: number, [b1, b2, eps]: readonly number[], l2: number, decoupled: number): Rule => {
  let [m, v, t] = [zeros(), zeros(), 0]
  return {
    step(p, g) {
      t += 1
      const start = zip((pi) => pi * (1 - lr * decoupled), p)
      const d = zip((gi, pi) => gi + l2 * pi, g, p)
      m = zip((mi, di) => b1 * mi + (1 - b1) * di, m, d)
      v = zip((vi, di) => b2 * vi + (1 - b2) * di * di, v, d)
      const denominator = zip((vi) => Math.sqrt(vi) / Math.sqrt(1 - b2 ** t) + eps, v)
      return zip((pi, mi, ni) => pi - ((lr / (1 - b1 ** t)) * mi) / ni, start, m, denominator)
    },
  }
}

const optaxRmsprop = (
  lr: number,
  decay: number,
  eps: number,
  initial: number,
  centered: boolean,
  momentum: number,
): Rule => {
  let nu: readonly number[] = first.map(() => initial)
  let [mu, trace] = [zeros(), zeros()]
  return {
    step(p, g) {
      nu = zip((n, gi) => decay * n + (1 - decay) * gi * gi, nu, g)
      mu = zip((m, gi) => decay * m + (1 - decay) * gi, mu, g)
      const u = zip((gi, n, m) => (-lr * gi) / Math.sqrt(n - (centered ? m * m : 0) + eps), g, nu, mu)
      trace = zip((ui, ti) => ui + momentum * ti, u, trace)
      return zip((pi, ti) => pi + ti, p, trace)
    },
  }
}

const torchRmsprop = (
  lr: number,
  alpha: number,
  eps: number,
  l2: number,
  momentum: number,
  centered: boolean,
): Rule => {
  let [square, average, buffer] = [zeros(), zeros(), zeros()]
  return {
    step(p, g) {
      const d = zip((gi, pi) => gi + l2 * pi, g, p)
      square = zip((s, di) => alpha * s + (1 - alpha) * di * di, square, d)
      average = zip((a, di) => alpha * a + (1 - alpha) * di, average, d)
      const u = zip((di, s, a) => di / (Math.sqrt(s - (centered ? a * a : 0)) + eps), d, square, average)
      buffer = zip((b, ui) => momentum * b + ui, buffer, u)
      return zip((pi, b) => pi - lr * b, p, buffer)
    },
  }
}

const optaxAdagrad = (lr: number, initial: number, eps: number): Rule => {
  let sum: readonly number[] = first.map(() => initial)
  return {
    step(p, g) {
      sum = zip((s, gi) => s + gi * gi, sum, g)
      return zip((pi, gi, s) => pi - (lr * gi) / Math.sqrt(s + eps), p, g, sum)
    },
  }
}

const lionRule = (lr: number, b1: number, b2: number, decay: number): Rule => {
  let m = zeros()
  return {
    step(p, g) {
      const c = zip((mi, gi) => Math.sign(b1 * mi + (1 - b1) * gi), m, g)
      m = zip((mi, gi) => b2 * mi + (1 - b2) * gi, m, g)
      return zip((pi, ci) => pi - lr * (ci + decay * pi), p, c)
    },
  }
}

const cases: readonly (readonly [string, optim.GradientTransformation, () => Rule])[] = [
  ['sgd', optim.sgd(0.1), () => torchSgd(0.1, 0, false, 0)],
  ['sgd with momentum', optim.sgd(0.1, { momentum: 0.9 }), () => torchSgd(0.1, 0.9, false, 0)],
  [
    'sgd with Nesterov momentum and L2',
    optim.sgd(0.1, { momentum: 0.8, nesterov: true, weightDecay: 0.05 }),
    () => torchSgd(0.1, 0.8, true, 0.05),
  ],
  ['adam', optim.adam(0.05), () => torchAdam(0.05, [0.9, 0.999, 1e-8], 0, 0)],
  [
    'adam with L2',
    optim.adam(0.05, { b1: 0.8, b2: 0.95, eps: 1e-3, weightDecay: 0.1 }),
    () => torchAdam(0.05, [0.8, 0.95, 1e-3], 0.1, 0),
  ],
  [
    'adam without memory of gradients',
    optim.adam(0.05, { b1: 0 }),
    () => torchAdam(0.05, [0, 0.999, 1e-8], 0, 0),
  ],
  ['adamw', optim.adamw(0.05), () => torchAdam(0.05, [0.9, 0.999, 1e-8], 0, 0.01)],
  [
    'adamw, more decay',
    optim.adamw(0.05, { weightDecay: 0.3 }),
    () => torchAdam(0.05, [0.9, 0.999, 1e-8], 0, 0.3),
  ],
  ['rmsprop', optim.rmsprop(0.02), () => optaxRmsprop(0.02, 0.9, 1e-8, 0, false, 0)],
  [
    'rmsprop, centred, with momentum',
    optim.rmsprop(0.02, { centered: true, momentum: 0.7, initial: 1, decay: 0.8, eps: 1e-3 }),
    () => optaxRmsprop(0.02, 0.8, 1e-3, 1, true, 0.7),
  ],
  [
    'rmsprop as PyTorch',
    optim.rmsprop(0.02, { convention: 'torch' }),
    () => torchRmsprop(0.02, 0.99, 1e-8, 0, 0, false),
  ],
  [
    'rmsprop as PyTorch, centred, with momentum and L2',
    optim.rmsprop(0.02, {
      convention: 'torch',
      centered: true,
      momentum: 0.7,
      weightDecay: 0.1,
      decay: 0.9,
      eps: 1e-3,
    }),
    () => torchRmsprop(0.02, 0.9, 1e-3, 0.1, 0.7, true),
  ],
  ['adagrad', optim.adagrad(0.3), () => optaxAdagrad(0.3, 0.1, 1e-7)],
  ['adagrad from 0', optim.adagrad(0.3, { initial: 0, eps: 1e-4 }), () => optaxAdagrad(0.3, 0, 1e-4)],
  ['lion', optim.lion(0.01), () => lionRule(0.01, 0.9, 0.99, 0)],
  [
    'lion with decay',
    optim.lion(0.01, { b1: 0.8, b2: 0.9, weightDecay: 0.5 }),
    () => lionRule(0.01, 0.8, 0.9, 0.5),
  ],
]

describe('trajectories', () => {
  it.each(cases)('%s equals its formula in float64', (_, opt, rule) => {
    expectClose(trajectory(opt), expected(rule()))
  })

  it.each(cases)('%s is the same under jit, traced once', (_, opt) => {
    let traced: { traceCount(): number } | undefined
    const jitted = trajectory(opt, <F>(f: F): F => {
      const g = jit(f as (...args: never[]) => unknown)
      traced = g
      return g as F
    })
    expectClose(jitted, trajectory(opt))
    expect(traced?.traceCount()).toBe(1)
  })

  it('rmsprop takes L2 in both conventions, and no other convention', () => {
    const l2 = optim.rmsprop(0.1, { weightDecay: 0.3 })
    expect(trajectory(l2)).toEqual(trajectory(optim.chain(optim.addL2(0.3), optim.rmsprop(0.1))))
    const other = { convention: 'keras' }
    for (const make of [
      () => Reflect.apply(optim.rmsprop, null, [0.1, other]),
      () => Reflect.apply(optim.scaleByRms, null, [other]),
    ])
      expect(make).toThrow("scaleByRms: convention 'optax' or 'torch' is required, got 'keras'.")
  })

  it('the two rmsprops differ where eps matters', () => {
    const [a, b] = [
      optim.rmsprop(0.1, { decay: 0.9, eps: 0.1 }),
      optim.rmsprop(0.1, { convention: 'torch', decay: 0.9, eps: 0.1 }),
    ]
    expect(Math.abs(trajectory(a)[0][0] - trajectory(b)[0][0])).toBeGreaterThan(1e-2)
  })

  it('a schedule is asked for t = 0, 1, …, in the parameters’ precision', () => {
    const rates = Array.from({ length: steps }, (_, t) => 0.1 * 0.9 ** t)
    let t = 0
    const rule: Rule = { step: (p, g) => zip((pi, gi) => pi - rates[t] * gi, p, g) }
    const want = expected({ step: (p, g) => [rule.step(p, g), t++][0] as readonly number[] })
    expectClose(trajectory(optim.sgd(optim.exponentialSchedule(0.1, 0.9))), want, 1e-13)
  })
})

describe('float32', () => {
  it('corrects the bias of the first step to the last digits', () => {
    const opt = optim.adam(1, { eps: 0 })
    const g = np.array([1e-3, -7, 1e4])
    const [updates] = opt.update(g, opt.init(g))
    numbers(updates).forEach((u, i) => {
      expect(Math.abs(u - [-1, 1, -1][i])).toBeLessThan(5e-7)
    })
  })

  it('stays what it is, beside numbers and schedules', () => {
    const opt = optim.chain(optim.clipByGlobalNorm(1), optim.adamw(optim.cosineSchedule(0.1, 10)))
    const params = { w: np.ones([2]), s: 0.5 }
    const [updates, state] = opt.update(params, opt.init(params), params)
    expect(tree.leaves(updates).map((u) => (u as Tensor).dtype)).toEqual(['float32', 'float32'])
    expect(tree.leaves(state).map((s) => (s as Tensor).dtype)).not.toContain('float64')
    expect(optim.applyUpdates(params.w, np.array([1, 2], { dtype: 'float64' })).dtype).toBe('float32')
  })
})

describe('misuse', () => {
  it('is named', () => {
    const g = np.ones([2])
    const decay = optim.adamw(0.1)
    expect(() => decay.update(g, decay.init(g))).toThrow('addDecayedWeights: the parameters are required')
    expect(() => decay.update(g, optim.sgd(1).init(g), g)).toThrow(TreeMismatchError)
    expect(() => decay.update(g, optim.sgd(1).init(g), g)).toThrow(
      '3 pieces (scaleByAdam, addDecayedWeights, scale)',
    )
    expect(() => decay.update({ a: g }, decay.init(g))).toThrow(TreeMismatchError)
    expect(() => optim.adam(0.1, { b1: 1 })).toThrow(GradError)
    expect(() => optim.clip(0)).toThrow('clip: a positive limit')
    // as callers without types may
    const untyped = (x: unknown) => x as never
    expect(() => optim.adam(untyped({ lr: 0.1 }))).toThrow('learning rate: a finite number or a schedule')
    expect(() => optim.adam(Number.NaN)).toThrow('learning rate: a finite number or a schedule')
    expect(() => optim.sgd(0.1, untyped({ momentom: 0.9 }))).toThrow('Did you mean momentum?')
    expect(() => optim.applyUpdates([g], [g, g] as Tensor[])).toThrow(TreeMismatchError)
  })
})
