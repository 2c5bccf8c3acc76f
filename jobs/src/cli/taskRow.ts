import type * as TE from 'fp-ts/lib/TaskEither.js'
import type { Failure } from './failure.js'

/** The words of a command: a model's name or a run's folder, those that follow it, and the flags, which the task decodes. */
type Asked = {
  readonly subject: string
  readonly rest: readonly string[]
  readonly flags: object
}

/** The process around a command. */
export type CommandContext = {
  readonly print: (line: string) => void
  readonly warn: (line: string) => void
  /** Aborts when somebody asks to stop; from now on the process does not end by itself then. */
  readonly stopSignal: () => AbortSignal
}

/** A flag or an argument as commander writes it, and what it is: `['--epochs <n>', 'passes over the training images']`. */
export type Described = readonly [written: string, description: string]

/** A command of a task. */
export type TaskCommand = {
  readonly description: string
  /** The first argument: a model of the task, or a run of one. */
  readonly subject: 'model' | 'run'
  /** The arguments after it. */
  readonly rest?: Described
  readonly flags: readonly Described[]
  /** Text of the help below the flags. */
  readonly help?: string
  /** Gives the exit code. */
  readonly run: (asked: Asked, context: CommandContext) => TE.TaskEither<Failure, number>
}

/** A row of the command line's table: a folder of tasks. */
export type TaskRow = {
  /** The name of the folder. */
  readonly name: string
  readonly models: readonly string[]
  /** By their names: `train`, `eval`, and others of its own. */
  readonly commands: Readonly<Record<string, TaskCommand>>
}
