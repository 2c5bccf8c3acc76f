import type * as TE from 'fp-ts/lib/TaskEither.js'
import type { Failure } from './failure.js'

/** What was typed: a model's name or a run's folder, what follows it, and the flags, which the task decodes. */
type Asked = {
  readonly subject: string
  readonly rest: readonly string[]
  readonly flags: object
}

/** What a command has of its process. */
export type CommandContext = {
  readonly print: (line: string) => void
  readonly warn: (line: string) => void
  /** Aborts when somebody asks to stop; from now on the process does not end by itself then. */
  readonly stopSignal: () => AbortSignal
}

/** A flag or an argument as commander writes it, and what it is: `['--epochs <n>', 'passes over the training images']`. */
export type Described = readonly [written: string, description: string]

/** What a task does at a command. */
export type TaskCommand = {
  readonly description: string
  /** What comes first: a model of the task, or a run of one. */
  readonly subject: 'model' | 'run'
  /** What follows it. */
  readonly rest?: Described
  readonly flags: readonly Described[]
  /** What the help says below the flags. */
  readonly help?: string
  /** Gives the exit code. */
  readonly run: (asked: Asked, context: CommandContext) => TE.TaskEither<Failure, number>
}

/** A row of the command line's table: a folder of tasks. */
export type TaskRow = {
  /** What the folder is called. */
  readonly name: string
  readonly models: readonly string[]
  /** By their names: `train`, `eval`, and others of its own. */
  readonly commands: Readonly<Record<string, TaskCommand>>
}
