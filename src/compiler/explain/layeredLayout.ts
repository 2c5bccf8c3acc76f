/** Sizes in pixels. */
export const boxSize = { width: 148, height: 40 } as const
const [gapX, gapY, margin, wireWidth] = [18, 34, 12, 10]
/** Where there is a choice, rows of more boxes go on above or below. */
const mostInRow = 6
const sweeps = 8
/** Lines that would pass more rows than this are told of instead: graphs of gradients have one for each value of the way forward. */
const longestLine = 12

/** Where boxes are, by their left upper corners, and the lines between them, as paths of SVG. */
export type Layout = {
  readonly width: number
  readonly height: number
  readonly boxes: readonly { readonly x: number; readonly y: number }[]
  readonly lines: readonly string[]
  /** Boxes that need another which is far above, where no line is drawn. */
  readonly far: readonly { readonly box: number; readonly needs: number }[]
}

/** A box, or a place at which a line passes a row; `above` are those that it hangs from. */
type Item = {
  readonly row: number
  readonly width: number
  readonly above: number[]
  readonly below: number[]
}

/** A row for each box, below all that it needs; a box that needs nothing is right above its first reader, one that nobody needs right below. */
const rowsOf = (needs: readonly (readonly number[])[]): readonly number[] => {
  const readers: number[][] = needs.map(() => [])
  needs.forEach((from, i) => {
    for (const n of from) readers[n].push(i)
  })
  const rows: number[] = []
  const isSource = (i: number): boolean => needs[i].length === 0
  needs.forEach((from, i) => {
    rows[i] = from.reduce((row, n) => Math.max(row, isSource(n) ? 0 : rows[n] + 1), 0)
  })
  const taken = new Map<number, number>()
  const take = (row: number): void => void taken.set(row, (taken.get(row) ?? 0) + 1)
  const isEnd = (i: number): boolean => isSource(i) || readers[i].length === 0
  rows.forEach((row, i) => {
    if (!isEnd(i)) take(row)
  })
  rows.forEach((row, i) => {
    if (!isEnd(i)) return
    const firstReader = readers[i].reduce((least, r) => Math.min(least, rows[r]), Number.POSITIVE_INFINITY)
    let at = !isSource(i) ? row : readers[i].length === 0 ? -1 : firstReader - 1
    while ((taken.get(at) ?? 0) >= mostInRow) at += isSource(i) ? -1 : 1
    rows[i] = at
    take(at)
  })
  const first = rows.reduce((least, row) => Math.min(least, row), 0)
  return rows.map((row) => row - first)
}

const isFar = (rows: readonly number[], from: number, to: number): boolean =>
  rows[to] - rows[from] > longestLine

/** Boxes, and for lines that pass rows a place in each, one for all lines from the same box. */
const itemsOf = (needs: readonly (readonly number[])[], rows: readonly number[]): readonly Item[] => {
  const items: Item[] = rows.map((row) => ({ row, width: boxSize.width, above: [], below: [] }))
  const hang = (from: number, to: number): void => {
    items[from].below.push(to)
    items[to].above.push(from)
  }
  const wires = new Map<number, number[]>()
  needs.forEach((from, i) => {
    for (const n of from) {
      if (isFar(rows, n, i)) continue
      const wire = wires.get(n) ?? [n]
      wires.set(n, wire)
      while (rows[n] + wire.length < rows[i]) {
        const at = items.push({ row: rows[n] + wire.length, width: wireWidth, above: [], below: [] }) - 1
        hang(wire[wire.length - 1], at)
        wire.push(at)
      }
      hang(wire[rows[i] - rows[n] - 1], i)
    }
  })
  return items
}

/** The middle of each item: rows are packed and centred, in an order that keeps items near those they hang on. */
const middlesOf = (items: readonly Item[]): readonly number[] => {
  const rows: number[][] = Array.from(
    { length: items.reduce((most, { row }) => Math.max(most, row + 1), 0) },
    () => [],
  )
  items.forEach(({ row }, i) => {
    rows[row].push(i)
  })
  const middles: number[] = []
  const pack = (row: readonly number[]): void => {
    const total = row.reduce((sum, i) => sum + items[i].width + gapX, -gapX)
    let at = -total / 2
    for (const i of row) {
      middles[i] = at + items[i].width / 2
      at += items[i].width + gapX
    }
  }
  rows.forEach(pack)
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const side = sweep % 2 === 0 ? 'above' : 'below'
    for (const row of sweep % 2 === 0 ? rows : [...rows].reverse()) {
      const wish = new Map(
        row.map((i) => {
          const near = items[i][side]
          return [
            i,
            near.length === 0 ? middles[i] : near.reduce((sum, n) => sum + middles[n], 0) / near.length,
          ]
        }),
      )
      row.sort((a, b) => (wish.get(a) ?? 0) - (wish.get(b) ?? 0))
      pack(row)
    }
  }
  return middles
}

/** Lays out boxes from top to bottom, each after those that it `needs`. Lines pass between boxes, never through one. */
export const layeredLayout = (needs: readonly (readonly number[])[]): Layout => {
  const rows = rowsOf(needs)
  const items = itemsOf(needs, rows)
  const middles = middlesOf(items)
  const left = items.reduce((least, { width }, i) => Math.min(least, middles[i] - width / 2), 0) - margin
  const right = items.reduce((most, { width }, i) => Math.max(most, middles[i] + width / 2), 0) + margin
  const x = (i: number): number => middles[i] - left
  const y = (i: number): number => margin + items[i].row * (boxSize.height + gapY)
  const lines = items.flatMap(({ above }, i) => [
    ...above.map((from) => {
      const [top, bottom] = [y(from) + boxSize.height, y(i)]
      const middle = (top + bottom) / 2
      return `M${x(from)} ${top}C${x(from)} ${middle} ${x(i)} ${middle} ${x(i)} ${bottom}`
    }),
    ...(i < needs.length ? [] : [`M${x(i)} ${y(i)}V${y(i) + boxSize.height}`]),
  ])
  const count = rows.reduce((most, row) => Math.max(most, row + 1), 0)
  return {
    width: right - left,
    height: 2 * margin + count * (boxSize.height + gapY) - (count === 0 ? 0 : gapY),
    boxes: needs.map((_, i) => ({ x: x(i) - boxSize.width / 2, y: y(i) })),
    lines,
    far: needs.flatMap((from, box) => from.flatMap((n) => (isFar(rows, n, box) ? [{ box, needs: n }] : []))),
  }
}
