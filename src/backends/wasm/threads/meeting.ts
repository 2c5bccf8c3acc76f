import { atomics, i32, i64 } from '../assembler/scalars.js'
import type { Arena } from '../memory/arena.js'
import { moduleOver } from '../memory/memoryModule.js'

/**
 * Words that a thread and its caller share, in bytes from its slot. `turn` is even where work is open, and one more
 * once somebody took it; `done` is the last turn that was finished. Each side writes lines of its own.
 */
export const slot = {
  turn: 0,
  isSleeping: 4,
  done: 64,
  isAwaited: 68,
  isReady: 72,
  /** Length of the message of an error that was thrown; 0: there was none. */
  failed: 76,
  /** Which of the workers of a turn it is. */
  worker: 80,
  text: 128,
  textBytes: 128,
  bytes: 256,
} as const

/**
 * The job of all threads, in bytes from its start: some functions, one after the other, of each part; they are described from
 * `functions` on. Each of the workers has a share of the parts, neighbours; `next` is its first that nobody began, and is in a line of its own.
 */
export const job = {
  next: 0,
  nextBytes: 64,
  mostWorkers: 64,
  count: 4096,
  units: 4100,
  parts: 4104,
  workers: 4108,
  functions: 4112,
  mostFunctions: 16,
  bytes: 4432,
} as const

/** A function of a job, in bytes from its own place. */
export const jobFunction = { module: 0, index: 4, code: 8, codeBytes: 12, table: 16, bytes: 20 } as const

/** Nobody's turn, before the first. */
export const noTurn = -1

/** Reads of a word before one sleeps: about 50 µs. */
export const spins = 100_000

/** How long the caller sleeps before it looks whether all is well. */
const nap = 10_000_000

/** The functions by which a caller hands out work and threads take it, on words of the shared memory. */
export const meetingModule = (arena: Arena): Uint8Array => {
  const module = moduleOver(arena)
  const one = i32.const(1)
  const zero = i32.const(0)

  // of the caller: opens a turn
  module.procedure('open', ['i32', 'i32'], (f, at, turn) => {
    f.do(atomics.store(at, turn, slot.turn))
    f.if(atomics.load(at, slot.isSleeping), () => {
      f.let(atomics.notify(at, one, slot.turn))
    })
  })

  // of the caller: takes back a turn that nobody took
  module.function('take', ['i32', 'i32'], 'i32', (_, at, turn) =>
    i32.eq(atomics.compareExchange(at, turn, i32.add(turn, one), slot.turn), turn),
  )

  // of the caller: whether a turn is finished, after some time at most
  module.function('finished', ['i32', 'i32', 'i32'], 'i32', (f, at, turn, times) => {
    const isFinished = f.variable(zero)
    f.block((exit) =>
      f.loop((again) => {
        f.set(isFinished, i32.eq(atomics.load(at, slot.done), turn))
        f.branch(exit, isFinished)
        f.set(times, i32.sub(times, one))
        f.branch(again, times)
      }),
    )
    return isFinished
  })

  // of the caller: sleeps until a turn is finished, but not for long
  module.procedure('nap', ['i32', 'i32'], (f, at, turn) => {
    f.do(atomics.store(at, one, slot.isAwaited))
    const done = f.let(atomics.load(at, slot.done))
    f.if(i32.ne(done, turn), () => {
      f.let(atomics.wait(at, done, i64.const(nap), slot.done))
    })
    f.do(atomics.store(at, zero, slot.isAwaited))
  })

  // of a thread: the next turn, which it takes
  module.function('next', ['i32', 'i32'], 'i32', (f, at, times) => {
    const turn = f.variable(zero)
    const left = f.variable(times)
    f.block((exit) =>
      f.loop((again) => {
        f.set(turn, atomics.load(at, slot.turn))
        f.if(i32.eqz(i32.and(turn, one)), () => {
          const found = f.let(atomics.compareExchange(at, turn, i32.add(turn, one), slot.turn))
          f.branch(exit, i32.eq(found, turn))
        })
        f.set(left, i32.sub(left, one))
        f.branch(again, left)
        f.do(atomics.store(at, one, slot.isSleeping))
        f.set(turn, atomics.load(at, slot.turn))
        f.if(i32.and(turn, one), () => {
          f.let(atomics.wait(at, turn, i64.const(-1), slot.turn))
        })
        f.do(atomics.store(at, zero, slot.isSleeping))
        f.set(left, times)
        f.branch(again)
      }),
    )
    return turn
  })

  // of a thread: says that it finished
  module.procedure('finish', ['i32', 'i32'], (f, at, turn) => {
    f.do(atomics.store(at, turn, slot.done))
    f.if(atomics.load(at, slot.isAwaited), () => {
      f.let(atomics.notify(at, one, slot.done))
    })
  })
  return module.toBytes()
}
