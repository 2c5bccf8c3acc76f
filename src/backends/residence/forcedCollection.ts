/** Collects objects that nobody holds, at once. */
export type Collect = () => void

/**
 * Whether objects that nobody holds are gone afterwards. They are made by calls that no bundler puts in this function, where the
 * last of them would still be on the stack.
 */
const works = (collect: Collect): boolean => {
  const made = Array.from({ length: 8 }, () => new WeakRef({}))
  collect()
  return made.some((object) => object.deref() === undefined)
}

/**
 * Node's collector, run at once; `null` elsewhere. Objects that a job made or read through a `WeakRef` are kept until it ends, so a
 * job of another context ends first: one whose microtasks are its own, so that the caller's wait as before.
 */
export const forcedCollection = (): Collect | null => {
  if (typeof process !== 'object') return null
  const v8 = process.getBuiltinModule?.('v8')
  const vm = process.getBuiltinModule?.('vm')
  if (v8 === undefined || vm === undefined) return null
  try {
    const elsewhere = vm.createContext({}, { microtaskMode: 'afterEvaluate' })
    const nothing = new vm.Script('0')
    v8.setFlagsFromString('--expose-gc')
    const gc = vm.runInNewContext('gc') as Collect
    v8.setFlagsFromString('--no-expose-gc')
    const collect = (): void => {
      nothing.runInContext(elsewhere)
      // with options, Node 20 collects nothing
      gc()
    }
    return works(collect) ? collect : null
  } catch {
    // other runtimes have the modules, but they do nothing there
    return null
  }
}
