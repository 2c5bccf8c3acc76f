/** Sets of operands that a primitive is linear in together, the others being fixed; by the number of operands. */
type LinearIn = (count: number) => readonly (readonly number[])[]

const first: LinearIn = () => [[0]]
const firstTwo: LinearIn = () => [[0, 1]]
const firstAndLast: LinearIn = (count) => [[0, count - 1]]
const eachOfTwo: LinearIn = () => [[0], [1]]

/** Every primitive that can stand in a linear graph, as the derivative of something. */
export const linearIn: Readonly<Record<string, LinearIn>> = {
  add: firstTwo,
  sub: firstTwo,
  mul: eachOfTwo,
  neg: first,
  checkpointName: first,
  div: first,
  convert: first,
  select: () => [[1, 2]],
  broadcastInDim: first,
  reshape: first,
  transpose: first,
  rev: first,
  concatenate: (count) => [Array.from({ length: count }, (_, i) => i)],
  pad: firstTwo,
  slice: first,
  dynamicSlice: first,
  dynamicUpdateSlice: firstTwo,
  gather: first,
  scatterAdd: firstAndLast,
  scatterSet: firstAndLast,
  scatterMul: first,
  reduceSum: first,
  cumsum: first,
  dotGeneral: eachOfTwo,
  triangularSolve: () => [[1]],
  linearSolve: () => [[1, 2]],
  convGeneralDilated: eachOfTwo,
  reduceWindowSum: first,
  windowGather: first,
  windowScatterAdd: first,
}

/** Primitives whose transpose is another matter. */
export const transposedElsewhere: Readonly<Record<string, string>> = {
  call: 'as linear as its graph; the adjoint law has linear calls',
  remat: 'as linear as its graph; the adjoint law has linear ones',
  scan: 'as linear as its body; the adjoint law has linear scans',
  cond: 'as linear as its branches; the adjoint law has linear ones',
  while: 'refuses: the number of its runs is not known before',
  allGather:
    'gone before a transposition that is not within its vmap; test/transforms/namedAxes.test.ts has those',
  customVjpLinear: 'its row is its transpose',
  rem: 'not linear: its derivative is made of other primitives',
}
