import { np, type Tensor } from '../src/index.js'

/** One operation of a chain, as each contender says it. */
export type ChainStep = {
  readonly ours: (y: Tensor, x: Tensor) => Tensor
  /** In JavaScript's notation, of one element. */
  readonly byHand: (y: string, x: string) => string
}

/** Operations on an array, one after another. */
export type Chain = {
  readonly name: 'cheap' | 'transcendental'
  readonly ours: (x: Tensor) => Tensor
  readonly byHand: readonly ChainStep['byHand'][]
}

const cheapSteps: readonly ChainStep[] = [
  { ours: (y) => y.mul(1.5), byHand: (y) => `${y} * 1.5` },
  { ours: (y) => y.add(0.25), byHand: (y) => `${y} + 0.25` },
  { ours: (y) => np.abs(y), byHand: (y) => `Math.abs(${y})` },
  { ours: (y) => y.sub(0.5), byHand: (y) => `${y} - 0.5` },
  { ours: (y) => np.square(y), byHand: (y) => `${y} * ${y}` },
  { ours: (y, x) => y.add(x), byHand: (y, x) => `${y} + ${x}` },
  { ours: (y) => np.maximum(y, -0.25), byHand: (y) => `Math.max(${y}, -0.25)` },
  { ours: (y, x) => y.mul(x), byHand: (y, x) => `${y} * ${x}` },
  { ours: (y) => y.neg(), byHand: (y) => `-${y}` },
  { ours: (y) => y.add(1), byHand: (y) => `${y} + 1.0` },
]

const chainOf = (name: Chain['name'], steps: readonly ChainStep[]): Chain => ({
  name,
  ours: (x) => steps.reduce((y, step) => step.ours(y, x), x),
  byHand: steps.map((s) => s.byHand),
})

/** Ten operations that cost next to nothing. */
export const chain = chainOf('cheap', cheapSteps)

/** Two of them are exp and tanh. */
export const transcendentalChain = chainOf('transcendental', [
  ...cheapSteps.slice(0, 4),
  { ours: (y) => np.exp(y), byHand: (y) => `Math.exp(${y})` },
  ...cheapSteps.slice(5, 8),
  { ours: (y) => np.tanh(y), byHand: (y) => `Math.tanh(${y})` },
  cheapSteps[9],
])
