import { type Aval, formatAval, publicType, type Shape, sizeOf } from '../ir/aval.js'
import type { Backend, Handle } from '../ir/backend.js'
import {
  allocate,
  type DType,
  type NumericTypedArray,
  narrowType,
  storedValue,
  type TypedArray,
} from '../ir/dtype.js'
import { BackendError, GradError } from '../ir/errors.js'
import type { Builder } from './builder.js'
import type { Var } from './graph.js'
import type { AnyPrimitive } from './primitive.js'
import type { TensorMethods } from './tensorMethods.js'

/**
 * A tensor, or a value that operations and trees take for one. JS numbers are weakly typed scalars; typed arrays are copied to
 * tensors of one axis, as by `np.array`. Nested JS arrays are nodes of trees: use `np.array` to make tensors of them.
 */
export type TensorLike = Tensor | number | boolean | NumericTypedArray

/** An immutable n-dimensional array, or (while tracing) a stand-in for one. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: `functions/methods.ts` has every method of the interface, or does not compile
export abstract class Tensor {
  /** @internal */
  abstract readonly aval: Aval

  abstract readonly shape: Shape
  get dtype(): DType {
    return publicType(this.aval)
  }
  get ndim(): number {
    return this.aval.shape.length
  }
  /** Number of elements. */
  get size(): number {
    return sizeOf(this.aval.shape)
  }
}

// `functions/methods.ts` installs the methods; the interface names them all.
export interface Tensor extends TensorMethods {}

/** An operation that is run when its result is asked for, unless another operation takes it in; its operands belong to it alone. @internal */
export type Deferred = {
  readonly primitive: AnyPrimitive
  readonly params: object
  readonly inputs: readonly Concrete[]
  readonly compute: () => Concrete
}

type Stored =
  | { readonly kind: 'splat'; readonly value: number }
  | { readonly kind: 'host'; readonly data: TypedArray }
  /** `holders` is the number of tensors that share the buffer. */
  | { readonly kind: 'device'; readonly backend: Backend; readonly handle: Handle; holders: number }
  | { readonly kind: 'gone'; readonly why: string }

type Content = Stored | ({ readonly kind: 'deferred' } & Deferred)

/** A tensor with a value: one number everywhere, host memory, a backend's buffer, or an operation that has yet to run. */
export class Concrete extends Tensor {
  /** The one property that deep comparisons see: a weak type makes no difference to them. */
  readonly shape: Shape
  readonly #aval: Aval
  #content: Content
  constructor(type: Aval, content: Content) {
    super()
    this.shape = type.shape
    this.#aval = type
    this.#content = content
  }

  /** @internal */
  get aval(): Aval {
    return this.#aval
  }

  /** The one number that fills this tensor, if it was made that way. @internal */
  get splat(): number | null {
    return this.#content.kind === 'splat' ? this.#content.value : null
  }

  /** The operation that computes this tensor, if it has yet to run. @internal */
  get deferred(): Deferred | undefined {
    return this.#content.kind === 'deferred' ? this.#content : undefined
  }

  /** Another tensor of the same buffer, which is freed when both have released it. @internal */
  share(): Concrete {
    const c = this.#stored()
    if (c.kind === 'device') c.holders++
    return new Concrete(this.#aval, c)
  }

  /** Whether another tensor shares the buffer. @internal */
  get isShared(): boolean {
    return this.#content.kind === 'device' && this.#content.holders > 1
  }

  /** The content, computed now if it was not before. */
  #stored(): Stored {
    const c = this.#content
    if (c.kind !== 'deferred') return c
    const made = c.compute().#stored()
    this.#content = made
    for (const t of c.inputs) t.release('read', true)
    return made
  }

  /** The storage on `backend`, copied there if it is elsewhere. @internal */
  handleOn(backend: Backend): Handle {
    const c = this.#stored()
    if (c.kind === 'device' && c.backend === backend) return c.handle
    const { shape, weakType } = this.aval
    const { dtypes } = backend.capabilities
    // devices without float64 round JS numbers; all digits stay here
    const isNumber = typeof weakType === 'string' && !dtypes.includes('float64')
    const dtype = isNumber ? narrowType(weakType) : this.aval.dtype
    if (!dtypes.includes(dtype)) {
      throw new BackendError(
        `upload: backend ${backend.name} holds ${dtypes.join(', ')}, got ${formatAval(this.aval)}. Convert with astype, or choose another backend.`,
      )
    }
    const handle =
      c.kind === 'splat' && backend.filled !== undefined
        ? backend.filled(dtype, sizeOf(shape), storedValue(dtype, c.value))
        : backend.upload(this.#as(this.#kept(), dtype))
    if (!isNumber) this.#content = { kind: 'device', backend, handle, holders: 1 }
    return handle
  }

  /** The elements, not to be written to. @internal */
  read(): TypedArray {
    return this.#as(this.#kept(), this.dtype)
  }

  /** Elements of a JS number, which are kept as float64 (narrower on some devices), as another type. */
  #as(data: TypedArray, dtype: DType): TypedArray {
    if (typeof this.aval.weakType !== 'string') return data
    const elements = allocate(dtype, data.length)
    elements.set(data)
    return elements
  }

  /** The elements as they are stored. */
  #kept(): TypedArray {
    const c = this.#stored()
    switch (c.kind) {
      case 'splat':
        return allocate(this.aval.dtype, sizeOf(this.aval.shape)).fill(c.value)
      case 'host':
        return c.data
      case 'device':
        return c.backend.downloadSync(c.handle)
      case 'gone':
        throw new GradError(
          `read: a live tensor is required, got ${formatAval(this.aval)} that was ${c.why}.`,
        )
    }
  }

  /** The elements (one, where they are all equal) if a look at them is cheap, else `null`. @internal */
  peek(): TypedArray | null {
    const c = this.#stored()
    if (c.kind === 'splat')
      return allocate(this.aval.dtype, Math.min(1, sizeOf(this.aval.shape))).fill(c.value)
    return c.kind === 'device' && c.backend.capabilities.hostMemory !== true ? null : this.read()
  }

  /** The elements, once the device has them, not to be written to. @internal */
  async readAsync(): Promise<TypedArray> {
    const c = this.#stored()
    return c.kind === 'device' ? this.#as(await c.backend.download(c.handle), this.dtype) : this.read()
  }

  /** The elements, in an array that is the caller's. @internal */
  readOwn(): TypedArray {
    const c = this.#stored()
    const own = c.kind === 'device' ? c.backend.downloadOwn?.(c.handle) : undefined
    return own === undefined ? this.read().slice() : this.#as(own, this.dtype)
  }

  /** As `readOwn`, once the device has them. @internal */
  async readOwnAsync(): Promise<TypedArray> {
    const c = this.#stored()
    return c.kind === 'device' && c.backend.downloadOwn !== undefined
      ? this.readOwn()
      : (await this.readAsync()).slice()
  }

  /** Gives up the storage; `free`: also on the device (a donated buffer is no longer ours to free). @internal */
  release(why: string, free: boolean): void {
    const c = this.#content
    if (c.kind === 'deferred') for (const t of c.inputs) t.release(why, true)
    if (c.kind === 'device' && --c.holders === 0 && free) c.backend.free(c.handle)
    this.#content = { kind: 'gone', why }
  }
}

/** Stands for a value while a function is traced. */
export class Tracer extends Tensor {
  constructor(
    readonly aval: Aval,
    readonly builder: Builder,
    readonly variable: Var,
  ) {
    super()
  }

  get shape(): Shape {
    return this.aval.shape
  }
}

/** A tensor whose elements are all `value` (already rounded to its dtype); it takes no storage. */
export const splat = (value: number, aval: Aval): Concrete => new Concrete(aval, { kind: 'splat', value })

/** Takes ownership of `data`. */
export const fromHost = (data: TypedArray, aval: Aval): Concrete => new Concrete(aval, { kind: 'host', data })

export const fromDevice = (backend: Backend, handle: Handle, aval: Aval): Concrete =>
  new Concrete(aval, { kind: 'device', backend, handle, holders: 1 })

/** The number that fills `t`, if it is a known constant of one value. */
export const splatValue = (t: Tensor): number | null => (t instanceof Concrete ? t.splat : null)
