import { describe, expect, it } from 'vitest'
import { type Resident, Residents } from '../../../src/backends/residence/residents.js'

/** What a resident takes beside its bytes. */
const ofHandle = 1024

type Made = Resident & { readonly done: string[] }

const resident = (bytes: number, canSpill = true): Made => {
  const done: string[] = []
  return {
    bytes,
    name: `f32[${bytes / 4}]`,
    pins: 0,
    lastUse: 0,
    handle: null,
    done,
    free: () => void done.push('free'),
    spill: () => {
      if (canSpill) done.push('spill')
      return canSpill
    },
  }
}

/** Adds residents of 3 KB, each with a handle that is held. */
const filled = (residents: Residents, count: number, canSpill = true) =>
  Array.from({ length: count }, () => {
    const made = resident(3 * 1024, canSpill)
    const handle = {}
    residents.add(handle, made)
    return { made, handle }
  })

describe('residents of which the dead are collected', () => {
  it('are looked through when there are more than the soft limit, which then is twice what lives', () => {
    const softLimit = 64 * 1024
    const residents = new Residents({ softLimit })
    const held = filled(residents, 8)
    const dead = (() => filled(residents, 8).map(({ made }) => made))()
    // 16 of 4 KB are the limit itself
    residents.makeRoom(0)
    expect(dead.every(({ done }) => done.join() === 'free')).toBe(true)
    expect(held.every(({ made }) => made.done.length === 0)).toBe(true)
    const more = filled(residents, 16)
    residents.makeRoom(32 * 1024)
    // 24 live, and 33 KB more: from now on the limit is 258 KB
    const dropped = (() => filled(residents, 24).map(({ made }) => made))()
    residents.makeRoom(32 * 1024)
    expect(dropped.every(({ done }) => done.length === 0)).toBe(true)
    const last = (() => filled(residents, 16).map(({ made }) => made))()
    residents.makeRoom(3 * 1024)
    expect([...dropped, ...last].every(({ done }) => done.join() === 'free')).toBe(true)
    expect([...held, ...more].every(({ made, handle }) => made.done.length === 0 && handle !== null)).toBe(
      true,
    )
  })

  it('stay while they are pinned, whoever holds them', () => {
    const residents = new Residents({ softLimit: 1 })
    const made = (() => filled(residents, 1)[0].made)()
    residents.pin(made)
    expect(residents.relieve()).toBe(false)
    residents.unpin(made)
    expect(residents.relieve()).toBe(true)
    expect(made.done).toEqual(['free'])
    expect(residents.relieve()).toBe(false)
  })

  it('are freed once: what was removed is nobody’s concern', () => {
    const residents = new Residents({ softLimit: 1 })
    const { made } = filled(residents, 1)[0]
    residents.remove(made)
    residents.remove(made)
    residents.makeRoom(1 << 20)
    expect(made.done).toEqual([])
  })
})

describe('residents of which none can be collected', () => {
  it('leave in the order of use until half of the limit is left, the pinned apart', () => {
    const residents = new Residents({ softLimit: 32 * 1024, collect: null })
    const all = filled(residents, 8)
    residents.pin(all[1].made)
    residents.pin(all[0].made)
    residents.unpin(all[0].made)
    residents.makeRoom(4 * 1024 - ofHandle)
    // 3 of them and the new one are half of the limit
    expect(all.map(({ made }) => made.done.join())).toEqual([
      '',
      '',
      ...new Array<string>(5).fill('spill,free'),
      '',
    ])
  })

  it('get more room when they come back soon, so that what is in use does not leave again and again', () => {
    const residents = new Residents({ softLimit: 32 * 1024, collect: null })
    const used = filled(residents, 5)
    const leavings = Array.from({ length: 20 }, () => {
      let left = 0
      for (const { made, handle } of used) {
        if (made.done.length > 0) {
          left++
          made.done.length = 0
          residents.takeBack(handle, made)
        }
        residents.pin(made)
        residents.unpin(made)
        filled(residents, 1)
        residents.makeRoom(0)
      }
      return left
    })
    expect(leavings.slice(0, 2).some((left) => left > 0)).toBe(true)
    expect(leavings.slice(3).every((left) => left === 0)).toBe(true)
  })

  it('stay where the host has no memory either', () => {
    const residents = new Residents({ softLimit: 1, collect: null })
    const [{ made }] = filled(residents, 1, false)
    expect(residents.relieve()).toBe(false)
    expect(made.done).toEqual([])
  })

  it('are described by their number, size, and largest kinds', () => {
    const residents = new Residents()
    expect(residents.description).toBe('0 live arrays of 0 bytes')
    filled(residents, 3)
    residents.add({}, resident(100 * 1024))
    expect(residents.description).toBe(
      '4 live arrays of 111616 bytes, most of them in 1 f32[25600], 3 f32[768]',
    )
  })
})

describe('residents of a device that answers later', () => {
  const answering = (isThere = true): Made => {
    const made = resident(3 * 1024)
    const spillLater = async () => {
      await Promise.resolve()
      made.done.push('spill later')
      return isThere
    }
    return { ...made, spillLater }
  }

  it('those used longest ago become host memory before a run', async () => {
    const residents = new Residents({ softLimit: 32 * 1024, collect: null })
    const all = Array.from({ length: 9 }, () => ({ made: answering(), handle: {} }))
    for (const { made, handle } of all.slice(0, 8)) residents.add(handle, made)
    await residents.makeRoomLater()
    residents.touch(all[0].made)
    expect(all.map(({ made }) => made.done)).toEqual(all.map(() => []))
    residents.add(all[8].handle, all[8].made)
    await residents.makeRoomLater()
    const gone = ['spill later', 'free']
    expect(all.map(({ made }) => made.done)).toEqual([[], gone, gone, gone, gone, gone, [], [], []])
  })

  it('one that is freed meanwhile is left alone', async () => {
    const residents = new Residents({ softLimit: 8 * 1024, collect: null })
    const all = Array.from({ length: 4 }, () => ({ made: answering(), handle: {} }))
    for (const { made, handle } of all) residents.add(handle, made)
    const done = residents.makeRoomLater()
    residents.remove(all[1].made)
    await done
    expect(all.map(({ made }) => made.done.length)).toEqual([2, 0, 2, 0])
  })

  it('in Node the dead are collected', async () => {
    const residents = new Residents({ softLimit: 1 })
    const dead = (() => filled(residents, 4).map(({ made }) => made))()
    const [{ made: held, handle }] = filled(residents, 1)
    await residents.makeRoomLater()
    expect(dead.map((r) => r.done)).toEqual(dead.map(() => ['free']))
    expect([handle, held.done]).toEqual([{}, []])
  })
})
