import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type IoFormatError, ioFormatError } from './ioError.js'
import {
  bytesField,
  concatBytes,
  decodeFields,
  doubleField,
  floatField,
  integerField,
  stringField,
  type WireField,
} from './protobuf.js'

/** A picture as the bytes of its file. `channels`: 1 grey, 2 with alpha, 3 RGB, 4 RGB with alpha. */
type EventImage = {
  readonly _tag: 'Image'
  readonly tag: string
  readonly width: number
  readonly height: number
  readonly channels: number
  readonly file: Uint8Array
}

/** A number; the format keeps it as float32. */
type EventScalar = { readonly _tag: 'Scalar'; readonly tag: string; readonly value: number }

export type EventValue = EventScalar | EventImage

/**
 * A record that TensorBoard reads: the version of the format at the head of a file, or values of a step. `wallTime` is in
 * seconds since 1970, `step` a whole number.
 */
export type TensorBoardEvent =
  | {
      readonly _tag: 'FileVersion'
      readonly wallTime: number
      readonly step: number
      readonly version: string
    }
  | {
      readonly _tag: 'Values'
      readonly wallTime: number
      readonly step: number
      readonly values: readonly EventValue[]
    }

/** The version that TensorBoard expects at the head of a file. */
export const eventFileVersion = 'brain.Event:2'

/** A field that has its default value is left out, as protocol buffers do. */
const unlessDefault = <A>(value: A, none: A, encoded: (value: A) => Uint8Array): readonly Uint8Array[] =>
  Object.is(value, none) ? [] : [encoded(value)]

const integer = (field: number, value: number) => unlessDefault(value, 0, (v) => integerField(field, v))

const encodeImage = ({ width, height, channels, file }: EventImage): Uint8Array =>
  concatBytes([
    ...integer(1, height),
    ...integer(2, width),
    ...integer(3, channels),
    ...(file.length === 0 ? [] : [bytesField(4, file)]),
  ])

const encodeValue = (value: EventValue): Uint8Array =>
  concatBytes([
    ...unlessDefault(value.tag, '', (tag) => stringField(1, tag)),
    value._tag === 'Scalar' ? floatField(2, value.value) : bytesField(4, encodeImage(value)),
  ])

/**
 * The bytes of a message `tensorflow.Event`, without the frame of its record.
 * @see https://github.com/tensorflow/tensorboard/blob/2.18.0/tensorboard/compat/proto/event.proto
 * @see https://github.com/tensorflow/tensorboard/blob/2.18.0/tensorboard/compat/proto/summary.proto
 */
export const encodeEvent = (event: TensorBoardEvent): Uint8Array =>
  concatBytes([
    ...unlessDefault(event.wallTime, 0, (seconds) => doubleField(1, seconds)),
    ...integer(2, event.step),
    event._tag === 'FileVersion'
      ? stringField(3, event.version)
      : bytesField(5, concatBytes(event.values.map((value) => bytesField(1, encodeValue(value))))),
  ])

type Decoded<A> = E.Either<string, A>

/** The last field with a number counts, as in protocol buffers; `undefined` where there is none. */
const last = (fields: readonly WireField[], field: number) => fields.filter((f) => f.field === field).at(-1)

const integerOf = (fields: readonly WireField[], field: number): Decoded<number> => {
  const found = last(fields, field)
  if (found === undefined) return E.right(0)
  return found.wire === 'varint'
    ? E.right(Number(BigInt.asIntN(64, found.value)))
    : E.left(`field ${field} is no whole number`)
}

const doubleOf = (fields: readonly WireField[], field: number): Decoded<number> => {
  const found = last(fields, field)
  if (found === undefined) return E.right(0)
  return found.wire === 'fixed64'
    ? E.right(new DataView(found.value.buffer, found.value.byteOffset).getFloat64(0, true))
    : E.left(`field ${field} is no double`)
}

const bytesOf = (fields: readonly WireField[], field: number): Decoded<Uint8Array> => {
  const found = last(fields, field)
  if (found === undefined) return E.right(new Uint8Array(0))
  return found.wire === 'bytes' ? E.right(new Uint8Array(found.value)) : E.left(`field ${field} is no bytes`)
}

const stringOf = (fields: readonly WireField[], field: number): Decoded<string> =>
  pipe(
    bytesOf(fields, field),
    E.chain((bytes) =>
      E.tryCatch(
        () => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes),
        () => `field ${field} is no UTF-8`,
      ),
    ),
  )

const decodeImage = (tag: string, bytes: Uint8Array): Decoded<EventImage> =>
  pipe(
    decodeFields(bytes),
    E.chain((fields) =>
      pipe(
        E.Do,
        E.apS('height', integerOf(fields, 1)),
        E.apS('width', integerOf(fields, 2)),
        E.apS('channels', integerOf(fields, 3)),
        E.apS('file', bytesOf(fields, 4)),
        E.map((image) => ({ _tag: 'Image' as const, tag, ...image })),
      ),
    ),
  )

/** Nothing for kinds of values that the library doesn't write. */
const decodeValue = (bytes: Uint8Array): Decoded<readonly EventValue[]> =>
  pipe(
    decodeFields(bytes),
    E.bindTo('fields'),
    E.bind('tag', ({ fields }) => stringOf(fields, 1)),
    E.chain(({ fields, tag }): Decoded<readonly EventValue[]> => {
      const found = fields.filter(({ field }) => field === 2 || field === 4).at(-1)
      if (found === undefined) return E.right([])
      if (found.field === 2)
        return found.wire === 'fixed32'
          ? E.right([
              {
                _tag: 'Scalar',
                tag,
                value: new DataView(found.value.buffer, found.value.byteOffset).getFloat32(0, true),
              },
            ])
          : E.left('field 2 is no float')
      return found.wire === 'bytes'
        ? pipe(
            decodeImage(tag, found.value),
            E.map((image) => [image]),
          )
        : E.left('field 4 is no message')
    }),
  )

const decodeSummary = (bytes: Uint8Array): Decoded<readonly EventValue[]> =>
  pipe(
    decodeFields(bytes),
    E.map((fields) => fields.filter(({ field }) => field === 1)),
    E.chain(
      E.traverseArray((field) =>
        field.wire === 'bytes' ? decodeValue(field.value) : E.left('a value is no message'),
      ),
    ),
    E.map((values) => values.flat()),
  )

/**
 * Reads a message `tensorflow.Event`. `decodeEvent(path, encodeEvent(x))` is `right(x)` for scalars that are float32;
 * fields that the library doesn't write are left out, and an event of another kind has no values.
 */
export const decodeEvent = (path: string, bytes: Uint8Array): E.Either<IoFormatError, TensorBoardEvent> =>
  pipe(
    decodeFields(bytes),
    E.bindTo('fields'),
    E.bind('wallTime', ({ fields }) => doubleOf(fields, 1)),
    E.bind('step', ({ fields }) => integerOf(fields, 2)),
    E.chain(
      ({ fields, wallTime, step }): Decoded<TensorBoardEvent> =>
        last(fields, 3) !== undefined
          ? pipe(
              stringOf(fields, 3),
              E.map((version) => ({ _tag: 'FileVersion', wallTime, step, version })),
            )
          : pipe(
              bytesOf(fields, 5),
              E.chain(decodeSummary),
              E.map((values) => ({ _tag: 'Values', wallTime, step, values })),
            ),
    ),
    E.mapLeft((got) =>
      ioFormatError(path, 'an event of TensorBoard', `a message in which ${got}`, 'The file is damaged.'),
    ),
  )
