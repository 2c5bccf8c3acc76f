import * as fc from 'fast-check'
import { disableJit, jit } from '../../src/compiler/jit.js'
import type { Tensor } from '../../src/graph/tensor.js'
import { trace } from '../../src/graph/trace.js'
import { fullLike } from '../../src/ops/rules/rules.js'
import { inlineCalls } from '../../src/passes/inlineCalls.js'
import { grad } from '../../src/transforms/grad.js'
import { jvp } from '../../src/transforms/jvp.js'
import { vjp } from '../../src/transforms/vjp.js'
import { vmap } from '../../src/transforms/vmap.js'
import { formatProgram, loss, type Program, type ProgramKind, programs, run } from '../arbitraries/program.js'
import { norm, requireNear, Violation } from './closeness.js'
import { differences, inner, length } from './differences.js'
import { jvpOf, type Runnable } from './graphs.js'
import { requireSoundPasses } from './laws/passes.js'
import { requireRoundTrip } from './laws/serialisation.js'
import { requireSoundGraphs } from './laws/soundGraphs.js'
import { requireSameNumbers } from './numberLaw.js'
import { type Plain, slicePlain, stackPlain, tabulate, toPlain, toTensor } from './plain.js'
import type { Salt } from './salt.js'
import { requireSecondOrder, secondDerivatives } from './secondDerivatives.js'
import { type Point, salts } from './trials.js'

/** A program, and a whole number from which its inputs and directions are made. */
export type ProgramTrial = { readonly kind: ProgramKind; readonly program: Program; readonly salt: number }

/** A property that every program has to have. */
export type ProgramLaw = {
  readonly name: string
  readonly statement: string
  /** The kinds of programs that it is about. */
  readonly kinds: readonly ProgramKind[]
  /** The largest error met. @throws Violation */
  readonly check: (trial: ProgramTrial, random: Salt) => number
}

const smooth: ProgramKind = { rough: false, reverseOnly: false, mixed: false }
const rough: ProgramKind = { ...smooth, rough: true }
const reverse = (kind: ProgramKind): ProgramKind => ({ ...kind, reverseOnly: true })
const double = [smooth, rough, reverse(smooth), reverse(rough)]
const everyKind = [...double, { ...rough, mixed: true }]

/** Between −1.5 and 1.5, off the places where the rough operations jump. */
const inputsOf = ({ inputs }: Program, random: Salt): readonly Plain[] =>
  inputs.map((shape) => tabulate('float64', shape, () => random.signed() * 1.5 + 1 / 1024))

const pointOf = (program: Program, at: readonly Plain[]): Point => ({
  f: (...xs) => [loss(program)(...xs)],
  at,
})

const gradientOf = (program: Program, at: readonly Plain[]): readonly Plain[] => {
  const argnums = at.map((_, i) => i)
  const gradients = grad((...xs: readonly Tensor[]) => loss(program)(...xs), { argnums })
  return gradients(...at.map(toTensor)).map(toPlain)
}

/** Twice as fine as the point's own differences: where the two disagree, they say nothing. */
const trustworthy = (numeric: readonly Plain[], finer: readonly Plain[]): boolean =>
  numeric.every((x, k) =>
    x.data.every((v, i) => Math.abs(v - finer[k].data[i]) <= 1e-8 * (1 + norm([x.data]))),
  )

const halved = (v: readonly Plain[]): readonly Plain[] =>
  v.map((x) => ({ ...x, data: x.data.map((y) => y / 2) }))
const doubled = (v: readonly Plain[]): readonly Plain[] =>
  v.map((x) => ({ ...x, data: x.data.map((y) => y * 2) }))

const gradient: ProgramLaw = {
  name: 'gradient',
  statement: 'the gradient is what differences give',
  kinds: [smooth, reverse(smooth)],
  check: ({ program }, random) => {
    const at = inputsOf(program, random)
    const point = pointOf(program, at)
    const v = at.map((x) => random.direction(x))
    const numeric = differences(point, v)
    fc.pre(trustworthy(numeric, doubled(differences(point, halved(v)))))
    const got = gradientOf(program, at)
    const slope = { ...numeric[0], data: [inner(got, v)] }
    return requireNear('⟨gradient, v⟩', [slope], numeric, 1e-6, length(got) * length(v))
  },
}

const adjoint: ProgramLaw = {
  name: 'adjoint',
  statement: 'forward and reverse mode agree: ⟨Jv, w⟩ = ⟨v, Jᵀw⟩',
  kinds: [smooth, rough],
  check: ({ program }, random) => {
    const at = inputsOf(program, random)
    const v = at.map((x) => random.direction(x))
    const f = (...xs: readonly Tensor[]) => run(program)(...xs)
    const forward = jvp(f, at.map(toTensor), v.map(toTensor))[1].map(toPlain)
    const w = forward.map((y) => random.direction(y))
    const back = vjp(f, ...at.map(toTensor))[1](w.map(toTensor)).map(toPlain)
    const [left, right] = [inner(forward, w), inner(v, back)]
    const error = Math.abs(left - right) / (1e-3 + length(forward) * length(w) + length(v) * length(back))
    if (!(error <= 1e-10)) throw new Violation(`⟨Jv, w⟩ = ${left}, ⟨v, Jᵀw⟩ = ${right}, ${error} off`)
    return error
  },
}

const secondOrder: ProgramLaw = {
  name: 'secondOrder',
  statement:
    'all orders of forward and reverse give the same second derivatives, those of differences if smooth',
  kinds: double,
  check: ({ kind, program }, random) => {
    const at = inputsOf(program, random)
    const second = secondDerivatives(pointOf(program, at), random.below(1000))
    // a reverse rule may hold further functions that have one only: no forward mode anywhere
    const names = kind.reverseOnly ? ['reverse over reverse'] : undefined
    return requireSecondOrder(second, kind.rough ? Infinity : 1e-4, names)
  },
}

const batching: ProgramLaw = {
  name: 'batching',
  statement: 'vmap of the program, and of its gradient, is the stacked results of the slices',
  kinds: everyKind,
  check: ({ program }, random) => {
    const size = 1 + random.below(3)
    const first = random.below(program.inputs.length)
    const axes = program.inputs.map((shape, i) =>
      i === first || random.coin() ? random.below(shape.length + 1) : null,
    )
    const shapes = program.inputs.map((shape, i) => {
      const axis = axes[i]
      return axis === null ? shape : [...shape.slice(0, axis), size, ...shape.slice(axis)]
    })
    const xs = inputsOf({ ...program, inputs: shapes }, random)
    const slice = (b: number) =>
      xs.map((x, i) => {
        const axis = axes[i]
        return axis === null ? x : slicePlain(x, axis, b)
      })
    const compare = (name: string, f: (...args: readonly Tensor[]) => readonly Tensor[]): number => {
      const slices = Array.from({ length: size }, (_, b) => f(...slice(b).map(toTensor)).map(toPlain))
      const want = slices[0].map((_, k) =>
        stackPlain(
          slices.map((s) => s[k]),
          0,
        ),
      )
      const got = vmap((...args: readonly Tensor[]) => f(...args), axes)(...xs.map(toTensor)).map(toPlain)
      return requireNear(name, got, want, 1e-11)
    }
    const gradients = (...args: readonly Tensor[]): readonly Tensor[] => {
      const [value, pull] = vjp((...ys: readonly Tensor[]) => loss(program)(...ys), ...args)
      return pull(fullLike(value, 1))
    }
    return Math.max(compare('result', run(program)), compare('gradient', gradients))
  },
}

const compiled: ProgramLaw = {
  name: 'jit',
  statement:
    'jit gives what plain evaluation gives, for the gradient too, and so do disabled jits; a second call traces nothing',
  kinds: everyKind,
  check: ({ program }, random) => {
    const at = inputsOf(program, random)
    const xs = at.map(toTensor)
    const f = (...args: readonly Tensor[]) => run(program)(...args)
    const jitted = jit(f)
    const want = f(...xs).map(toPlain)
    const gradients = jit((...args: readonly Tensor[]) => {
      const [value, pull] = vjp((...ys: readonly Tensor[]) => loss(program)(...ys), ...args)
      return pull(fullLike(value, 1))
    })
    const error = Math.max(
      requireNear('first call', jitted(...xs).map(toPlain), want, 1e-12),
      requireNear('with jit disabled', disableJit(() => f(...xs)).map(toPlain), want, 1e-12),
      requireNear('second call', jitted(...xs).map(toPlain), want, 1e-12),
      requireNear('gradient', gradients(...xs).map(toPlain), gradientOf(program, at), 1e-11),
    )
    if (jitted.traceCount() !== 1) throw new Violation(`one trace is required, got ${jitted.traceCount()}`)
    return error
  },
}

const numbers: ProgramLaw = {
  name: 'numbers',
  statement:
    'JS numbers as arguments give eagerly, under jit, and in a scan of length one the same dtypes and bits beside every dtype',
  kinds: [rough],
  check: ({ program }, random) => {
    requireSameNumbers(program.steps, random)
    return 0
  },
}

const traced = ({ program }: ProgramTrial, random: Salt): Runnable => {
  const at = inputsOf(program, random)
  const { graph, captures } = trace(
    'program',
    at.map((x) => toTensor(x).aval),
    (xs) => run(program)(...xs),
  )
  return { name: 'program', graph, args: [...captures.map(toPlain), ...at] }
}

const passes: ProgramLaw = {
  name: 'passes',
  statement: 'every pass keeps all values bit for bit and is idempotent, on the program and its derivative',
  kinds: everyKind,
  check: (trial, random) => {
    const runnable = traced(trial, random)
    for (const r of trial.kind.reverseOnly ? [runnable] : [runnable, ...jvpOf(runnable, random)])
      requireSoundPasses(r)
    return 0
  },
}

const soundGraphs: ProgramLaw = {
  name: 'soundGraphs',
  statement: 'the checker accepts the graph after every transform and pass',
  kinds: everyKind,
  check: (trial, random) => {
    requireSoundGraphs(traced(trial, random).graph, trial.kind.reverseOnly ? 'reverse' : undefined, random)
    return 0
  },
}

const serialisation: ProgramLaw = {
  name: 'serialisation',
  statement: 'the program written as JSON and read back is equal',
  kinds: everyKind,
  check: (trial, random) => {
    requireRoundTrip(inlineCalls(traced(trial, random).graph))
    return 0
  },
}

export const programLaws: readonly ProgramLaw[] = [
  gradient,
  adjoint,
  secondOrder,
  batching,
  compiled,
  numbers,
  passes,
  soundGraphs,
  serialisation,
]

export const programTrials = (law: ProgramLaw): fc.Arbitrary<ProgramTrial> =>
  fc
    .constantFrom(...law.kinds)
    .chain((kind) => fc.record({ kind: fc.constant(kind), program: programs(kind), salt: salts }))

export const formatProgramTrial = ({ program, salt }: ProgramTrial): string =>
  `${formatProgram(program)}; salt ${salt}`
