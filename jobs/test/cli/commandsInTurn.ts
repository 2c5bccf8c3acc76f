import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll } from 'vitest'
import { jobsFile } from '../../../test/builtPackages.js'
import type { Ended } from './commandLine.js'

const server = fileURLToPath(new URL('./commandsInTurn.mjs', import.meta.url))

/**
 * Runs `grad-ts ARGS` as `gradTs` does, but in one process for all commands of a test file, in turn: it loads the library once.
 * For commands that are judged by what they say, write and end with; whatever concerns a process itself (that it ends, is
 * killed, starts from nothing) has `gradTs`.
 */
export const commandsInTurn = (): ((...args: readonly string[]) => Promise<Ended>) => {
  let child: ChildProcess | null = null
  let last: Promise<unknown> = Promise.resolve()

  const answer = (args: readonly string[]): Promise<Ended> => {
    child ??= fork(server, [pathToFileURL(jobsFile()).href], { stdio: 'pipe' })
    const running = child
    return new Promise((resolve, reject) => {
      const onExit = (code: number | null): void =>
        reject(new Error(`grad-ts ${args.join(' ')}: ended the process by ${code}`))
      running.once('exit', onExit)
      running.once('message', (ended) => {
        running.off('exit', onExit)
        resolve(ended as Ended)
      })
      running.send(args)
    })
  }

  afterAll(() => {
    child?.disconnect()
  })
  return (...args) => {
    const ended = last.then(() => answer(args))
    last = ended.catch(() => undefined)
    return ended
  }
}
