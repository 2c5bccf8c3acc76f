/** Places begin at multiples of this. */
const alignment = 64

/** Bytes that are needed from one step to another, both included. */
export type Lifetime = { readonly bytes: number; readonly from: number; readonly to: number }

type Placed = { readonly life: Lifetime; readonly start: number; readonly end: number }

const meet = (a: Lifetime, b: Lifetime): boolean => a.from <= b.to && b.from <= a.to

/** The least gap that is wide enough between those that live at the same time; `placed` is in the order of starts. */
const gapFor = (life: Lifetime, size: number, placed: readonly Placed[], begin: number): number => {
  let best = -1
  let least = Number.POSITIVE_INFINITY
  let free = begin
  for (const other of placed) {
    if (!meet(life, other.life)) continue
    const gap = other.start - free
    if (gap >= size && gap < least) {
      best = free
      least = gap
    }
    free = Math.max(free, other.end)
  }
  return best < 0 ? free : best
}

/**
 * Addresses from `begin` on, apart for lifetimes that meet, and the end of all. The greatest are placed first, each in the
 * least gap: small ones then fit between them, where in the order of steps they would part them.
 */
export const placed = (
  lifetimes: readonly Lifetime[],
  begin: number,
): { readonly places: readonly number[]; readonly end: number } => {
  const places = new Array<number>(lifetimes.length).fill(begin)
  const done: Placed[] = []
  let end = begin
  const order = [...lifetimes.keys()].sort((a, b) => lifetimes[b].bytes - lifetimes[a].bytes || a - b)
  for (const i of order) {
    const life = lifetimes[i]
    const size = Math.ceil(life.bytes / alignment) * alignment
    const start = gapFor(life, size, done, begin)
    places[i] = start
    end = Math.max(end, start + size)
    let at = done.length
    while (at > 0 && done[at - 1].start > start) at--
    done.splice(at, 0, { life, start, end: start + size })
  }
  return { places, end }
}
