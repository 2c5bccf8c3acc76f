#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import * as E from 'fp-ts/lib/Either.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import { BackendError } from 'grad-ts'
import { addCommands } from './cli/addCommands.js'
import { exitCodeOf, exitCodes, type Failure } from './cli/failure.js'
import type { TaskRow } from './cli/taskRow.js'
import { images } from './images/taskRow.js'

/** The table of tasks: a folder, and a row here. */
const tasks: readonly TaskRow[] = [images]

const version = (): string => {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown'
}

const print = (line: string): void => console.log(line)
const warn = (line: string): void => console.error(line)

// who reads along may go away, as `head` does: what runs is finished all the same
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })

/** Aborts when somebody asks to stop. */
const stopSignal = (): AbortSignal => {
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  process.once('SIGTERM', () => stop.abort())
  return stop.signal
}

/** Runs a command to its exit code: 2 for what was typed, 1 for what the outside world did. */
const finish = async (command: TE.TaskEither<Failure, number>): Promise<void> => {
  const result = await command()
  if (E.isLeft(result)) {
    warn(result.left.message)
    process.exitCode = exitCodeOf(result.left)
  } else process.exitCode = result.right
}

const program = new Command('grad-ts')
  .description('Train models of grad-ts on real data, test them, and use them.')
  .version(version())
  .exitOverride()
  .showHelpAfterError('(--help says what there is)')
  .addHelpText(
    'after',
    `
Examples:
  grad-ts summary mnist-cnn
  grad-ts train mnist-cnn --epochs 1 --limit 6000 --out runs/digits
  grad-ts eval runs/digits --report figures.json
  grad-ts predict runs/digits seven.png drawing.png

Exit codes: 0, all went well; 1, a file, a disk or a device failed; 2, what was
asked cannot be done; 130, stopped.`,
  )

addCommands(program, tasks, { print, warn, stopSignal }, finish)

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError)
    process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.refused
  else if (error instanceof BackendError) {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = exitCodes.failed
  } else throw error
}
