import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { backendNamed, registerBackend } from '../../src/compiler/backends.js'
import { fromHost } from '../../src/graph/tensor.js'
import {
  ConcretizationError,
  cond,
  customVjp,
  evalShape,
  foriLoop,
  grad,
  hessian,
  jit,
  jvp,
  linearize,
  np,
  remat,
  ShapeDType,
  ShapeError,
  scan,
  setDefaultBackend,
  Tensor,
  vjp,
  vmap,
  whileLoop,
} from '../../src/index.js'
import { aval, formatAval } from '../../src/ir/aval.js'
import { customLinearSolve, customRoot } from '../../src/lax.js'
import { loss, type Program, type ProgramKind, programs, run } from '../arbitraries/program.js'
import { Salt } from '../laws/salt.js'
import { scalar, vector } from './doubles.js'

const refuse = (): never => {
  throw new Error('something was executed')
}

/** Runs `body` where whatever is executed fails. */
const withoutExecution = <T>(body: () => T): T => {
  setDefaultBackend('refusing')
  try {
    return body()
  } finally {
    setDefaultBackend('reference')
  }
}

beforeAll(() => {
  const { capabilities, device } = backendNamed('reference')
  registerBackend('refusing', {
    name: 'refusing',
    capabilities,
    device,
    compile: refuse,
    upload: refuse,
    download: refuse,
    downloadSync: refuse,
    free: refuse,
  })
})
afterAll(() => setDefaultBackend('reference'))

/** The structure, and shape, dtype and weakness at every leaf: `f32*[2]`. */
const typesOf = (result: unknown): unknown => {
  if (result instanceof Tensor || result instanceof ShapeDType) return formatAval(result.aval)
  if (Array.isArray(result)) return result.map(typesOf)
  if (typeof result !== 'object' || result === null) return result
  return Object.fromEntries(Object.entries(result).map(([key, value]) => [key, typesOf(value)]))
}

/** What `evalShape` says is what comes, plainly and compiled. */
const expectTypes = <A extends readonly unknown[]>(f: (...args: A) => unknown, ...args: A): unknown => {
  const said = typesOf(withoutExecution(() => evalShape(f, ...args)))
  expect(typesOf(f(...args))).toEqual(said)
  expect(typesOf(jit(f)(...args))).toEqual(said)
  return said
}

const smooth: ProgramKind = { rough: false, reverseOnly: false, mixed: false }
const kinds: readonly ProgramKind[] = [
  { ...smooth, rough: true },
  { ...smooth, rough: true, reverseOnly: true },
  { ...smooth, rough: true, mixed: true },
]

const trials = fc
  .constantFrom(...kinds)
  .chain((kind) => fc.record({ kind: fc.constant(kind), program: programs(kind), salt: fc.nat(1_000_000) }))

/** Of the program's shapes; some are weakly typed. */
const inputsOf = ({ inputs }: Program, random: Salt): readonly Tensor[] =>
  inputs.map((shape) => {
    const size = shape.reduce((n, d) => n * d, 1)
    const data = Float64Array.from({ length: size }, () => random.signed())
    return fromHost(data, aval(shape, 'float64', random.below(3) === 0))
  })

describe('evalShape', () => {
  it('of random programs, and their derivatives and batches, says what comes, and executes nothing', () => {
    fc.assert(
      fc.property(trials, ({ kind, program, salt }) => {
        const random = new Salt(salt)
        const xs = inputsOf(program, random)
        const f = (...args: readonly Tensor[]) => ({
          all: [...run(program)(...args)],
          loss: loss(program)(...args),
        })
        expectTypes(f, ...xs)
        const pulled = (...args: readonly Tensor[]) => {
          const [y, pull] = vjp((...zs: readonly Tensor[]) => loss(program)(...zs), ...args)
          return [y, pull(y)]
        }
        expectTypes(pulled, ...xs)
        const size = 1 + random.below(3)
        const stacked = (...args: readonly Tensor[]) =>
          vmap((...zs: readonly Tensor[]) => pulled(...zs))(
            ...args.map((x) => np.stack(Array<Tensor>(size).fill(x))),
          )
        expectTypes(stacked, ...xs)
        if (!kind.reverseOnly) expectTypes((...args: readonly Tensor[]) => jvp(f, args, args), ...xs)
      }),
      { numRuns: 60 },
    )
  }, 120_000)

  it('goes through every transform and kind of control flow', () => {
    const ints = np.array([1, 2, 3], { dtype: 'int32' })
    const linear = (a: Tensor, b: Tensor) =>
      customLinearSolve(
        (x: Tensor) => x.mul(a),
        b,
        (_, y) => y.div(a),
        undefined,
        { symmetric: true },
      )
    const root = (a: Tensor) =>
      customRoot(
        (x: Tensor) => x.mul(x).sub(a),
        scalar(1),
        (f, guess) =>
          whileLoop(
            (x: Tensor) => f(x).greater(1e-9),
            (x: Tensor) => x.sub(f(x)),
            guess,
          ),
        (g, y) => y.div(g(scalar(1))),
      )
    const clipped = customVjp(
      (x: Tensor) => x,
      (x): [Tensor, null] => [x, null],
      (_, ct): [Tensor] => [ct.clip(-1, 1)],
    )
    const f = (x: Tensor, y: Tensor) => ({
      weak: np.sin(2),
      cond: cond(
        y.greater(0),
        (z: Tensor) => z,
        (z: Tensor) => z.mul(2),
        x,
      ),
      scan: scan((c: Tensor, z: Tensor): [Tensor, Tensor] => [c.add(z), c.greater(z)], y, x),
      loop: foriLoop(0, 3, (i, c: Tensor) => c.add(i), x),
      nothing: null,
      hessian: hessian((z: Tensor) => np.sin(z).sum())(x),
      mapped: vmap((z: Tensor) => [z.mul(y), ints])(x),
      remat: grad(remat((z: Tensor) => np.sin(z).sum()))(x),
      linearized: linearize((z: Tensor) => np.sum(z), x)[1](x),
      solved: [linear(x, x), grad((z: Tensor) => linear(z, x).sum())(x)],
      roots: [root(y), grad(root)(y)],
      custom: [clipped(x), grad((z: Tensor) => clipped(z).sum())(x)],
      mixed: ints.mul(x.astype('float32')),
    })
    expect(expectTypes(f, vector(1, 2, 3), scalar(1))).toEqual({
      weak: 'f32*[]',
      cond: 'f64[3]',
      scan: ['f64[]', 'bool[3]'],
      loop: 'f64[3]',
      nothing: null,
      hessian: 'f64[3,3]',
      mapped: ['f64[3]', 'i32[3,3]'],
      remat: 'f64[3]',
      linearized: 'f64[]',
      solved: ['f64[3]', 'f64[3]'],
      roots: ['f64[]', 'f64[]'],
      custom: ['f64[3]', 'f64[3]'],
      mixed: 'f32[3]',
    })
  })

  it('takes JS numbers as weakly typed, and gives numbers’ types for them', () => {
    expect(
      expectTypes((x: number | Tensor, y: Tensor) => [np.mul(x, 2), np.mul(x, y)], 3, vector(1)),
    ).toEqual(['f32*[]', 'f64[1]'])
  })

  it('of huge arrays costs nothing', () => {
    const x = np.zeros([1 << 20, 1 << 20])
    expect(
      withoutExecution(() => evalShape((y: Tensor) => np.matmul(y, y.T).sum({ axis: 0 }), x)).shape,
    ).toEqual([1 << 20])
  })

  it('has the errors of what it traces', () => {
    expect(() => evalShape((x: Tensor) => x.add(vector(1, 2, 3)), vector(1, 2))).toThrow(ShapeError)
    expect(() => evalShape((x: Tensor) => x.item(), scalar(1))).toThrow(ConcretizationError)
  })

  it('is refused by what it is checked with where something is executed', () => {
    expect(() => withoutExecution(() => np.sin(scalar(1)).add(1))).toThrow('something was executed')
    expect(() => withoutExecution(() => jit((x: Tensor) => np.cos(x))(scalar(1)))).toThrow(
      'something was executed',
    )
  })
})
