import type { Handle } from '../../ir/backend.js'
import type { TypedArray } from '../../ir/dtype.js'
import { BackendError } from '../../ir/errors.js'

/** A tensor's elements in the memory of this process. */
export class HostArray {
  /** `null` once freed. */
  data: TypedArray | null

  constructor(data: TypedArray) {
    this.data = data
  }
}

/** @throws BackendError for another backend's handle, and after `free`. */
export const elementsOf = (handle: Handle): TypedArray => {
  if (!(handle instanceof HostArray)) {
    throw new BackendError(
      "reference: a handle of this backend is required, got another backend's. Upload the data.",
    )
  }
  if (handle.data === null) {
    throw new BackendError(
      'reference: live storage is required, got a handle that was freed. Keep the tensor until its last use.',
    )
  }
  return handle.data
}
