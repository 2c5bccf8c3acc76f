import { jit } from '../../src/compiler/jit.js'
import type { TensorLike } from '../../src/graph/tensor.js'
import { toTensor } from '../../src/ops/elementwise/lift.js'
import { scan } from '../../src/transforms/scan.js'
import { numberArguments, numberSteps, runSteps } from '../arbitraries/numberProgram.js'
import type { Step } from '../arbitraries/program.js'
import { Violation } from './closeness.js'
import { type Plain, toPlain } from './plain.js'
import type { Salt } from './salt.js'

const choicesOf = (steps: readonly Step[]): readonly (readonly number[])[] =>
  steps.flatMap((s) => [s.picks, ...choicesOf(s.body)])

const requireSame = (what: string, step: string, got: Plain, want: Plain): void => {
  const same =
    got.dtype === want.dtype &&
    got.data.length === want.data.length &&
    got.data.every((v, i) => Object.is(v, want.data[i]))
  if (!same)
    throw new Violation(
      `${what}: ${step} is ${got.dtype} [${got.data}], but eagerly ${want.dtype} [${want.data}]`,
    )
}

/** JS numbers as arguments are what they are eagerly: under jit, and carried by a scan. @throws Violation */
export const requireSameNumbers = (steps: readonly Step[], random: Salt): void => {
  const args = numberArguments(random)
  const program = numberSteps(choicesOf(steps), args)
  const f = (...xs: readonly TensorLike[]): readonly TensorLike[] => runSteps(program, xs)
  const plain = (xs: readonly TensorLike[]): readonly Plain[] => xs.map((x) => toPlain(toTensor(x)))
  const want = plain(f(...args))
  const [, stacked] = scan<readonly TensorLike[], null, readonly TensorLike[]>(
    (carried) => [carried, f(...carried)],
    args,
    null,
    { length: 1 },
  )
  const each = { jit: plain(jit(f)(...args)), scan: plain(stacked) }
  for (const [what, got] of Object.entries(each))
    got.forEach((g, i) => {
      const { name, x, y } = program[i]
      requireSame(what, `${name}(${x}, ${y})`, g, want[i])
    })
}
