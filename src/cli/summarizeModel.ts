import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import { formatShape, type Shape } from '../graph/aval.js'
import { closedPartial } from '../graph/closedRecord.js'
import { GradError } from '../graph/errors.js'
import { summary } from '../models/summary.js'
import type { Failure } from '../train/failure.js'
import { decodeFlags, PositiveInteger, usage } from './flags.js'
import { type ModelName, models } from './models.js'

/** `1,3,48,48` */
const ShapeFlag = new t.Type<Shape, string, unknown>(
  'positive sizes with commas between them, as 1,3,48,48,',
  (u): u is Shape => t.array(t.number).is(u),
  (u, context) =>
    pipe(
      t.array(PositiveInteger).decode(typeof u === 'string' ? u.split(',') : u),
      E.orElse(() => t.failure<Shape>(u, context)),
    ),
  (shape) => shape.join(','),
)

/** The flags of `grad-ts summary`. */
const SummaryFlags = closedPartial({ input: ShapeFlag }, 'SummaryFlags')

/** `grad-ts summary MODEL`: what is to be printed, or what went wrong. */
export const summarizeModel = (name: ModelName, raw: object): E.Either<Failure, string> =>
  pipe(
    decodeFlags(SummaryFlags)(raw),
    E.chain(({ input }) => {
      const own = models[name].inputShape()
      const shape = input ?? own
      return E.tryCatch(
        () => `${name}, input ${formatShape(shape)}\n\n${summary(models[name].network, shape)}`,
        (error) => {
          if (!(error instanceof GradError)) throw error
          return usage(`--input: ${error.message} For one image, ${name} takes ${formatShape(own)}.`)
        },
      )
    }),
  )
