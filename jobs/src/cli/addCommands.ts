import { Argument, type Command } from 'commander'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Failure } from './failure.js'
import { flagName, usage } from './flags.js'
import { modelOfRun } from './modelOfRun.js'
import type { CommandContext, Described, TaskCommand, TaskRow } from './taskRow.js'

/** A row that takes part in a command, and what it does there. */
type Part = { readonly row: TaskRow; readonly command: TaskCommand }

const subjects = {
  model: ['<model>', 'which model'],
  run: ['<run>', 'the folder that `grad-ts train` wrote'],
} as const

const distinct = <A>(all: readonly A[]): readonly A[] => [...new Set(all)]

/** Flags that several tasks have, once; where their descriptions differ, with all of these. */
const merged = (described: readonly Described[]): readonly Described[] =>
  distinct(described.map(([written]) => written)).map((written) => [
    written,
    distinct(described.flatMap(([other, text]) => (other === written ? [text] : []))).join('; or '),
  ])

/** `--batch-size <n>` → `batchSize`; `--no-invert` → `invert`. */
const keyOf = ([written]: Described): string =>
  written
    .replace(/^--(no-)?/, '')
    .replace(/ .*$/, '')
    .replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())

/** The part whose model, or run, is named. A run of no known model goes to the first, which says what is wrong with it. */
const partOf = async (parts: readonly Part[], subject: string): Promise<Part> => {
  const [first, ...others] = parts
  if (others.length === 0) return first
  const model = first.command.subject === 'model' ? subject : O.toUndefined(await modelOfRun(subject))
  return parts.find(({ row }) => model !== undefined && row.models.includes(model)) ?? first
}

/** The flags that were typed; one of another task is refused. */
const ownFlags = (name: string, { row, command }: Part, typed: Command): E.Either<Failure, object> => {
  const keys = command.flags.map(keyOf)
  const given = Object.keys(typed.opts()).filter((key) => typed.getOptionValueSource(key) === 'cli')
  const strange = given.find((key) => !keys.includes(key))
  return strange === undefined
    ? E.right(Object.fromEntries(given.map((key) => [key, typed.getOptionValue(key)])))
    : E.left(
        usage(
          `${flagName(strange)}: a flag of \`${name}\` for ${row.name} was required, got that of another task. Leave it out.`,
        ),
      )
}

/** That there is something after the model or the run where the task takes something, and nothing else. */
const requireRest = (
  name: string,
  { row, command }: Part,
  rest: readonly string[],
): E.Either<Failure, void> =>
  (command.rest === undefined) === (rest.length === 0)
    ? E.right(undefined)
    : E.left(
        usage(
          `${name}: ${command.rest?.[0] ?? 'nothing'} was required after <${command.subject}> for ${row.name}, got ${rest[0] ?? 'nothing'}.`,
        ),
      )

/** @throws Error unless the tasks that share a command agree on what comes first */
const subjectOf = (name: string, parts: readonly Part[]): TaskCommand['subject'] => {
  const [subject, ...others] = distinct(parts.map(({ command }) => command.subject))
  if (others.length > 0)
    throw new Error(`internal: "${name}" takes a model in one task and a run in another.`)
  return subject
}

const addCommand = (
  program: Command,
  name: string,
  parts: readonly Part[],
  context: CommandContext,
  finish: (task: TE.TaskEither<Failure, number>) => Promise<void>,
): void => {
  const subject = subjectOf(name, parts)
  const [written, text] = subjects[subject]
  const first = new Argument(written, text)
  const command = program
    .command(name)
    .description(distinct(parts.map((part) => part.command.description)).join('; or '))
    .addArgument(subject === 'model' ? first.choices(parts.flatMap(({ row }) => row.models)) : first)
  const rests = merged(parts.flatMap((part) => (part.command.rest === undefined ? [] : [part.command.rest])))
  const [rest] = rests
  if (rests.length === 1 && parts.every((part) => part.command.rest !== undefined)) command.argument(...rest)
  else if (rests.length > 0)
    command.argument('[input...]', rests.map(([written, text]) => `${written}: ${text}`).join('; or '))
  for (const flag of merged(parts.flatMap((part) => part.command.flags))) command.option(...flag)
  const help = distinct(parts.flatMap((part) => part.command.help ?? []))
  if (help.length > 0) command.addHelpText('after', `\n${help.join('\n\n')}`)
  command.action(async (named: string) => {
    const part = await partOf(parts, named)
    const rest: readonly string[] = command.processedArgs.slice(1).flat()
    await finish(
      pipe(
        requireRest(name, part, rest),
        E.chain(() => ownFlags(name, part, command)),
        TE.fromEither,
        TE.chain((flags) => part.command.run({ subject: named, rest, flags }, context)),
      ),
    )
  })
}

/** Adds the commands that a table of tasks makes: each that a row has, with the models and flags of all rows that have it. */
export const addCommands = (
  program: Command,
  rows: readonly TaskRow[],
  context: CommandContext,
  finish: (task: TE.TaskEither<Failure, number>) => Promise<void>,
): void => {
  for (const name of distinct(rows.flatMap(({ commands }) => Object.keys(commands)))) {
    const parts = rows.flatMap((row) =>
      Object.hasOwn(row.commands, name) ? [{ row, command: row.commands[name] }] : [],
    )
    addCommand(program, name, parts, context, finish)
  }
}
