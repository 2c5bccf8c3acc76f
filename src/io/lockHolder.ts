import { readFile, readlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as t from 'io-ts'
import { closed } from '../formats/closedRecord.js'

const Said = t.union([t.string, t.null])

/** A process that holds a lock: its name for people, and the fields that distinguish it from others of the same number. */
export const LockHolder = closed(
  {
    pid: t.Integer,
    host: t.string,
    /** The scope within which process numbers are unique; `null` where the system does not say. */
    place: Said,
    /** The time at which the process began, as the system counts; `null` where it does not say. */
    started: Said,
    command: t.string,
    since: t.string,
  },
  'LockHolder',
)
export type LockHolder = t.TypeOf<typeof LockHolder>

const orNull = <A>(value: Promise<A>): Promise<A | null> => value.catch(() => null)

/** One boot of one machine, and in it one numbering of processes: containers number theirs from 1. Only Linux tells. */
const placeHere = async (): Promise<string | null> => {
  const boot = await orNull(readFile('/proc/sys/kernel/random/boot_id', 'utf8'))
  const numbering = await orNull(readlink('/proc/self/ns/pid'))
  return boot === null || numbering === null ? null : `${boot.trim()} ${numbering}`
}

/** When a process began, in ticks since the boot; `null` where the system does not say. A dead process that is still listed has no such time. */
const startOf = async (pid: number): Promise<string | null> => {
  const stat = await orNull(readFile(`/proc/${pid}/stat`, 'utf8'))
  if (stat === null) return null
  // the second field is a name in parentheses, which may contain anything
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return 'ZX'.includes(fields[0]) ? 'ended' : fields[19]
}

/** This process. */
export const holderHere = async (command: string): Promise<LockHolder> => ({
  pid: process.pid,
  host: hostname(),
  place: await placeHere(),
  started: await startOf(process.pid),
  command,
  since: new Date().toISOString(),
})

const isListed = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
}

/** Whether a process still runs; `none` if that cannot be seen from here. */
export const isRunning = async ({ pid, host, place, started }: LockHolder): Promise<O.Option<boolean>> => {
  if (host !== hostname() || place !== (await placeHere())) return O.none
  if (!isListed(pid)) return O.some(false)
  const found = await startOf(pid)
  // without its start time it may be another process of the same number
  return found === null || started === null ? O.none : O.some(found === started)
}

export const printHolder = (holder: LockHolder): string => `${JSON.stringify(LockHolder.encode(holder))}\n`

/** The holder of a lock, by its text; `none` if the text is incomplete. */
export const parseHolder = (text: string): O.Option<LockHolder> =>
  pipe(
    E.tryCatch((): unknown => JSON.parse(text), String),
    E.chainW(LockHolder.decode),
    O.fromEither,
  )
