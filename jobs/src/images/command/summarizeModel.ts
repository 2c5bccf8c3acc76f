import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { GradError, type Shape } from 'grad-ts'
import { summary } from 'grad-ts/debug'
import { codecs } from 'grad-ts/io'
import * as t from 'io-ts'
import type { Failure } from '../../cli/failure.js'
import { decodeFlags, PositiveInteger, usage } from '../../cli/flags.js'
import { type ModelName, models, type TrainableModel } from './models.js'

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
const SummaryFlags = codecs.closedPartial({ input: ShapeFlag, classes: PositiveInteger }, 'SummaryFlags')

/** The model with as many classes as are asked for, or as it has by itself. */
const modelWith = (name: ModelName, count: number | undefined): E.Either<Failure, TrainableModel> => {
  const { own, folderClasses, trainable } = models[name]
  if (own !== null) {
    const fixed = folderClasses === 'own' ? own.classes.length : folderClasses
    return count === undefined || count === fixed
      ? E.right(trainable(own.classes))
      : E.left(usage(`--classes: the ${fixed} of ${name} were required, got ${count}. Leave it out.`))
  }
  return count === undefined
    ? E.left(
        usage(
          `--classes: a number was required for ${name}, whose classes are those of its data, got none. Say --classes 10.`,
        ),
      )
    : E.right(trainable(Array.from({ length: count }, (_, c) => String(c))))
}

/** `grad-ts summary MODEL`: what is to be printed, or what went wrong. */
export const summarizeModel = (name: ModelName, raw: object): E.Either<Failure, string> =>
  pipe(
    decodeFlags(SummaryFlags)(raw),
    E.chain(({ input, classes }) =>
      pipe(
        modelWith(name, classes),
        E.map((model) => ({ input, model })),
      ),
    ),
    E.chain(({ input, model }) => {
      const own = model.inputShape()
      const shape = input ?? own
      return E.tryCatch(
        () => `${name}, input [${shape.join(',')}]\n\n${summary(model.network, shape)}`,
        (error) => {
          if (!(error instanceof GradError)) throw error
          return usage(`--input: ${error.message} For one image, ${name} takes [${own.join(',')}].`)
        },
      )
    }),
  )
