import { type DeviceBuffer, type ScalarDevice, specialNumber } from './device.js'
import { type ScalarGpu, scalarKernels } from './scalarGpu.js'

class HostBuffer implements DeviceBuffer {
  constructor(readonly elements: Float32Array) {}
  get length(): number {
    return this.elements.length
  }
}

const elementsOf = (buffer: DeviceBuffer): Float32Array => (buffer as HostBuffer).elements

/** gpu.js's own JavaScript mode: every buffer is an array of the host. */
export const cpuDevice = (gpu: ScalarGpu): ScalarDevice => {
  const kernelOf = scalarKernels<Float32Array, Float32Array>(gpu, {})
  return {
    isDouble: true,
    residents: null,
    upload: (data) => new HostBuffer(Float32Array.from(data)),
    read: elementsOf,
    slice: (buffer, from, length) => new HostBuffer(elementsOf(buffer).slice(from, from + length)),
    joined: (parts) => {
      const whole = new Float32Array(parts.reduce((n, p) => n + p.length, 0))
      let at = 0
      for (const part of parts) {
        whole.set(elementsOf(part), at)
        at += part.length
      }
      return new HostBuffer(whole)
    },
    run: (source, arrays) =>
      new HostBuffer(
        kernelOf(source)(...arrays.map(elementsOf), ...source.specials.map((s) => specialNumber[s])),
      ),
    free: () => {},
  }
}
