import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import { firstProblem, problemRequirement } from '../formats/decodeProblem.js'
import { type IoFormatError, ioFormatError } from '../formats/ioError.js'
import { type HostArray, type NamedArrays, showArrayType } from '../formats/namedArray.js'
import { decodeSafetensors, type Safetensors } from '../formats/safetensors.js'
import type { Graph } from '../graph/graph.js'
import { leafCount } from '../graph/pytree.js'
import { type Concrete, fromHost } from '../graph/tensor.js'
import { formatAval, sameShape } from '../ir/aval.js'
import { Exported } from './exported.js'
import {
  checksumOf,
  constantName,
  ProgramHeader,
  ProgramJson,
  programFormat,
  programVersion,
} from './programBytes.js'
import { graphCodec } from './serialize.js'

type Decoded<T> = E.Either<IoFormatError, T>

const damaged = 'The program is damaged; export it again.'
const foreign = 'Is it the file of a program?'
const newer = 'Another version of grad-ts wrote it; use that one, or export it again.'

const refuse = (path: string, required: string, got: string, fix = damaged): E.Either<IoFormatError, never> =>
  E.left(ioFormatError(path, required, got, fix))

const decodeWith =
  <A>(path: string, codec: t.Decoder<unknown, A>, fix = damaged) =>
  (value: unknown): Decoded<A> =>
    pipe(
      codec.decode(value),
      E.mapLeft((errors) => {
        const problem = firstProblem(errors)
        return ioFormatError(path, problemRequirement(problem), problem.got, fix)
      }),
    )

/** Checks that the header is a program's, of this version, and has the fields of this version only. */
const decodeHeader = (path: string, { metadata }: Safetensors): Decoded<ProgramHeader> =>
  pipe(
    metadata,
    decodeWith(path, t.type({ format: t.literal(programFormat) }), foreign),
    E.chain(() => decodeWith(path, t.type({ version: t.literal(programVersion) }), newer)(metadata)),
    E.chain(() => decodeWith(path, ProgramHeader)(metadata)),
  )

/** The arrays in the order of their numbers. */
const constantsOf = (path: string, arrays: NamedArrays): Decoded<readonly HostArray[]> => {
  const names = Object.keys(arrays)
  const wanted = names.map((_, i) => constantName(i))
  const missing = wanted.find((name) => !Object.hasOwn(arrays, name))
  return missing === undefined
    ? E.right(wanted.map((name) => arrays[name]))
    : refuse(path, `an array ${missing}`, names.join(', '))
}

const parseJson = (path: string, text: string): Decoded<unknown> =>
  E.tryCatch(
    (): unknown => JSON.parse(text),
    () => ioFormatError(path, 'a program in JSON', 'other text', damaged),
  )

/** The graph; of the checker's message on an unsound one, the first line, without the printed graph below it. */
const decodeGraph = (path: string, json: unknown): Decoded<Graph> =>
  pipe(
    graphCodec.decode(json),
    E.mapLeft((errors) => {
      const problem = firstProblem(errors)
      const at = problemRequirement(problem).split('\n')[0]
      return ioFormatError(path, 'a sound graph of known operations', `${at} (${problem.got})`, newer)
    }),
  )

/** The constants, which must have the types of the graph's first inputs. */
const fitConstants = (
  path: string,
  graph: Graph,
  arrays: readonly HostArray[],
): Decoded<readonly Concrete[]> => {
  const wrong = arrays.findIndex((array, i) => {
    const { dtype, shape } = graph.inputs[i].aval
    return array.dtype !== dtype || !sameShape(array.shape, shape)
  })
  return wrong < 0
    ? E.right(arrays.map(({ data }, i) => fromHost(data, graph.inputs[i].aval)))
    : refuse(
        path,
        `${constantName(wrong)} of ${formatAval(graph.inputs[wrong].aval)}`,
        showArrayType(arrays[wrong]),
      )
}

const decodeProgram = (path: string, bytes: Uint8Array): Decoded<Exported> =>
  pipe(
    E.Do,
    E.bind('file', () => decodeSafetensors(path, bytes)),
    E.bind('header', ({ file }) => decodeHeader(path, file)),
    E.bind('arrays', ({ file }) => constantsOf(path, file.arrays)),
    E.chainFirst(({ header, arrays }) => {
      const sum = checksumOf(header.program, arrays)
      return sum === header.crc32 ? E.right(sum) : refuse(path, `a content of CRC-32 ${header.crc32}`, sum)
    }),
    E.bind('json', ({ header }) =>
      pipe(parseJson(path, header.program), E.chain(decodeWith(path, ProgramJson))),
    ),
    E.bind('graph', ({ json }) => decodeGraph(path, json.graph)),
    E.chainFirst(({ json, graph, arrays }) => {
      const [inputs, outputs] = [arrays.length + leafCount(json.arguments), leafCount(json.results)]
      if (json.arguments.kind !== 'array') return refuse(path, 'a list of arguments', json.arguments.kind)
      return graph.inputs.length === inputs && graph.outputs.length === outputs
        ? E.right(graph)
        : refuse(
            path,
            `a graph of ${inputs} inputs and ${outputs} outputs`,
            `${graph.inputs.length} and ${graph.outputs.length}`,
          )
    }),
    E.bind('constants', ({ graph, arrays }) => fitConstants(path, graph, arrays)),
    E.map(
      ({ json, graph, constants }) =>
        new Exported({
          name: json.name,
          graph,
          constants,
          argumentStructure: json.arguments,
          resultStructure: json.results,
        }),
    ),
  )

/**
 * Reads the bytes that `toBytes` of an exported program gave; the types are the caller's claim, checked at each call.
 * Every fault of the bytes is a value: damage, another version, unknown operations. `path` names them in messages.
 * @example
 * ```ts
 * import { exportProgram, importProgram } from 'grad-ts/export'
 *
 * const double = exportProgram((x: Tensor) => x.mul(2), np.zeros([2]))
 * const loaded = importProgram<[Tensor], Tensor>(double.toBytes())
 * if (loaded._tag === 'Left') throw new Error(loaded.left.message)
 * loaded.right.call(np.array([1, 2])) // => [2, 4]
 * importProgram(new Uint8Array(4))._tag // => 'Left'
 * ```
 */
export const importProgram = <A extends readonly unknown[] = readonly unknown[], R = unknown>(
  bytes: Uint8Array,
  path = 'program',
): Decoded<Exported<A, R>> => {
  try {
    return pipe(
      decodeProgram(path, bytes),
      E.map(({ content }) => new Exported<A, R>(content)),
    )
  } catch (error) {
    // nested too deeply for the stack
    if (error instanceof RangeError) return refuse(path, 'a program of reasonable depth', error.message)
    throw error
  }
}
