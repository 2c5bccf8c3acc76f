import { scalarFunctions } from './functions.js'
import { LruKernels } from './lruKernels.js'
import type { ScalarSource } from './source.js'

/** A kernel of gpu.js. */
export interface GpuKernel<Argument, Result> {
  (...args: readonly (Argument | number)[]): Result
  destroy(): void
}

/** The part of gpu.js that is used in its scalar modes. */
export interface ScalarGpu {
  addFunction(
    source: string,
    settings: { readonly argumentTypes: readonly string[]; readonly returnType: string },
  ): void
  createKernel<Argument, Result>(source: string, settings: object): GpuKernel<Argument, Result>
}

const settings = {
  precision: 'single',
  tactic: 'precision',
  fixIntegerDivisionAccuracy: false,
  loopMaxIterations: 2 ** 30,
  returnType: 'Number',
}

/** Kernels kept compiled. */
const mostKernels = 1000

/** Gives the kernel of a source, compiled when it first runs. */
export const scalarKernels = <Argument, Result>(
  gpu: ScalarGpu,
  own: object,
): ((source: ScalarSource) => GpuKernel<Argument, Result>) => {
  for (const { source, argumentTypes, returnType } of scalarFunctions)
    gpu.addFunction(source, { argumentTypes, returnType })
  const kernels = new LruKernels<GpuKernel<Argument, Result>>(mostKernels)
  return ({ source, arrays, specials, length }) =>
    kernels.get(`${length} ${source}`, () =>
      gpu.createKernel(source, {
        ...settings,
        ...own,
        output: [length],
        argumentTypes: [...arrays.map(() => 'Array'), ...specials.map(() => 'Float')],
      }),
    )
}
