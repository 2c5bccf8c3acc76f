import { open, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type IoError, ioSystemError } from '../formats/ioError.js'
import { holderHere, isRunning, type LockHolder, parseHolder, printHolder } from './lockHolder.js'

/** The file that names the process using a folder, and the file that exists while a process reads the first. */
export const lockFiles = { holder: 'run.lock', looking: 'run.lock.looking' } as const

/** A process that cannot be seen from here counts as gone once it has not written to its lock for this long. */
const silence = 60_000
const signOfLife = 10_000
/** Reading takes milliseconds: a process killed while reading leaves a file that stays unchanged for longer than this. */
const longestLook = 2000

/** The process that uses the folder; `none` if it has only begun to write its lock. */
export type FolderInUse = {
  readonly _tag: 'FolderInUse'
  readonly holder: O.Option<LockHolder>
  readonly message: string
}

export type FolderLock = { readonly release: () => Promise<void> }

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code

const orUndefined = <A>(value: Promise<A>): Promise<A | undefined> =>
  value.catch((error) => {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  })

/** Makes a file that only one process at a time can make, also over NFS; returns the time by the clock of its disk. */
const beginLook = async (path: string): Promise<number> => {
  for (let waited = 0, seen: number | undefined; ; ) {
    try {
      const handle = await open(path, 'wx')
      return await handle
        .stat()
        .then(({ mtimeMs }) => mtimeMs)
        .finally(() => handle.close())
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error
    }
    const made = (await orUndefined(stat(path)))?.mtimeMs
    if (made !== seen) waited = 0
    if (waited >= longestLook) await rm(path, { force: true })
    seen = made
    waited += 20
    await delay(20)
  }
}

/** The text of a lock, and the time it was written. Opening the file asks its server, past any cache on this machine. */
const readLock = async (
  path: string,
): Promise<{ readonly text: string; readonly at: number } | undefined> => {
  const handle = await orUndefined(open(path, 'r'))
  if (handle === undefined) return undefined
  try {
    return { text: await handle.readFile('utf8'), at: (await handle.stat()).mtimeMs }
  } finally {
    await handle.close()
  }
}

const inUse = (folder: string, holder: O.Option<LockHolder>): FolderInUse => {
  const who = pipe(
    holder,
    O.match(
      () => 'another process',
      ({ pid, host, since, command }) => `process ${pid} of ${host} since ${since} (${command})`,
    ),
  )
  return {
    _tag: 'FolderInUse',
    holder,
    message: `${folder}: a folder that no other process uses was required, got one in use by ${who}. Wait for its end, stop it, or use another folder.`,
  }
}

/** Writes the lock unless a process that is there, or was a moment ago, has written it. */
const take = async (folder: string, mine: string): Promise<E.Either<FolderInUse, void>> => {
  const [path, looking] = [join(folder, lockFiles.holder), join(folder, lockFiles.looking)]
  const now = await beginLook(looking)
  try {
    const old = await readLock(path)
    if (old !== undefined) {
      const holder = parseHolder(old.text)
      const runs = O.isSome(holder) ? await isRunning(holder.value) : O.none
      if (O.getOrElse(() => now - old.at < silence)(runs)) return E.left(inUse(folder, holder))
    }
    const handle = await open(path, 'w')
    try {
      await handle.writeFile(mine).finally(() => handle.close())
    } catch (error) {
      await rm(path, { force: true }) // half a lock would be somebody's for a minute
      throw error
    }
    return E.right(undefined)
  } finally {
    await rm(looking, { force: true })
  }
}

const held = (path: string, mine: string): FolderLock => {
  /** Whether the lock is still ours: a process that was held up for long may have counted as gone. */
  const isOurs = async (): Promise<boolean> => (await orUndefined(readFile(path, 'utf8'))) === mine
  const beat = setInterval(async () => {
    try {
      const handle = (await isOurs()) ? await open(path, 'r+') : undefined
      await handle?.write(mine, 0).finally(() => handle.close())
    } catch {
      // a disk that is away for a moment is no reason to stop: the next sign of life may succeed
    }
  }, signOfLife).unref()
  return {
    release: async () => {
      clearInterval(beat)
      try {
        if (await isOurs()) await rm(path, { force: true })
      } catch {
        // the next process sees that this one is gone
      }
    },
  }
}

/**
 * Locks a folder for this process, which `command` describes to others, until it is released. A lock whose process is gone is taken
 * over: at once where that can be seen (a later process with the same number is another process), and after a minute without
 * a sign of life where it can't, as from another machine or container.
 */
export const lockFolder = (
  folder: string,
  command: string,
): TE.TaskEither<IoError | FolderInUse, FolderLock> =>
  pipe(
    TE.tryCatch(
      async () => {
        const mine = printHolder(await holderHere(command))
        return pipe(
          await take(folder, mine),
          E.map(() => held(join(folder, lockFiles.holder), mine)),
        )
      },
      (error): IoError | FolderInUse =>
        ioSystemError(
          folder,
          'be locked',
          error,
          'Check that the folder exists, may be written and has room.',
        ),
    ),
    TE.chainEitherKW((taken) => taken),
  )
