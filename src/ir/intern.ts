import type { BufferId, Expr } from './expr.js'

/** Gives equal expressions one identity, so that an expression that occurs twice is computed once, and equality is `===`. */
export class Interner {
  readonly #byKey = new Map<string, Expr>()
  readonly #ids = new Map<Expr, number>()
  readonly #made = new Map<Expr, Expr>()

  of(e: Expr): Expr {
    const known = this.#made.get(e)
    if (known !== undefined) return known
    const own = this.#withOwnParts(e)
    const key = exprKey(
      own,
      (part) => this.#ids.get(part),
      (id) => id,
    )
    let kept = this.#byKey.get(key)
    if (kept === undefined) {
      kept = own
      this.#byKey.set(key, kept)
      this.#ids.set(kept, this.#ids.size)
    }
    this.#made.set(e, kept)
    this.#made.set(kept, kept)
    return kept
  }

  #withOwnParts(e: Expr): Expr {
    if (e.op === 'apply') {
      const args = e.args.map((a) => this.of(a))
      return args.every((a, i) => a === e.args[i]) ? e : { ...e, args }
    }
    if (e.op !== 'load' || e.dynamic.length === 0) return e
    return { ...e, dynamic: e.dynamic.map((d) => ({ ...d, index: this.of(d.index) })) }
  }
}

/** A key that equal expressions share. `id` and `buffer` name its parts and the buffers that it reads. */
export const exprKey = (
  e: Expr,
  id: (part: Expr) => number | undefined,
  buffer: (id: BufferId) => number,
): string => {
  switch (e.op) {
    case 'const':
      return `c${e.dtype}${Object.is(e.value, -0) ? '-0' : e.value}`
    case 'index':
      return `i${e.axis}`
    case 'acc':
    case 'elem':
      return `${e.op}${e.slot}${e.dtype}`
    case 'apply':
      return `${e.fn}${e.dtype}(${e.args.map(id).join(',')})`
    case 'load': {
      const { shape, offset, strides, guards } = e.view
      const bounds = guards.map((g) => `${g.offset}:${g.coefs.join(',')}:${g.size}`).join(';')
      const computed = e.dynamic.map((d) => `${id(d.index)}:${d.size}:${d.stride}`).join(';')
      const fill = guards.length === 0 ? '' : Object.is(e.fill, -0) ? '-0' : e.fill
      return `b${buffer(e.buffer)}${e.dtype}[${shape}|${offset}|${strides}|${bounds}|${fill}|${computed}]`
    }
  }
}
