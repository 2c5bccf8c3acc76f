import type { Kernel } from '../../../ir/program.js'
import { listBytes, type Matrices } from '../contract/operand.js'
import type { MultiplicationPlan } from '../contract/plan.js'
import { dividedInto, planKernel } from '../nest/kernelCode.js'
import { multiplicationTime } from '../threads/work.js'
import type { CompiledStep } from './compiledStep.js'
import type { Linking } from './linking.js'
import { type NestStep, nestStep } from './nestStep.js'

/**
 * Copies of operands, the products matrix by matrix, and the outputs' expressions of the sums. Copies and
 * expressions that go matrix by matrix too are done together with the product, while it is in a cache.
 */
export const multiplicationStep = (plan: MultiplicationPlan, linking: Linking): CompiledStep => {
  const { lhs, rhs, sums, sizes, buffers, lists } = plan
  const count = lhs.starts.length
  linking.pool?.expect(count * multiplicationTime(sizes))
  const stepOf = (
    kernel: Kernel,
    mayBeByMatrix: boolean,
  ): { readonly step: NestStep; readonly isWithin: boolean } => {
    const whole = planKernel(kernel)
    const byMatrix = mayBeByMatrix && count > 1 && !whole.callsHost ? dividedInto(whole, count) : null
    return { step: nestStep(byMatrix ?? whole, linking), isWithin: byMatrix !== null }
  }
  const copies = plan.copies.map(({ kernel, isByMatrix }) => stepOf(kernel, isByMatrix))
  const outputs = plan.outputs === null ? [] : [stepOf(plan.outputs, true)]
  const [before, after] = [copies, outputs].map((all) => all.filter((s) => s.isWithin).map((s) => s.step))
  return {
    run: (at, scratch) => {
      buffers.forEach(({ id }, i) => {
        at.setAddress(id, scratch[i])
      })
      const spacings = lists.map((list, i) => {
        if (list.kind === 'even') return list.bytes
        const place = scratch[buffers.length + i]
        at.arena.view('int32', place, list.offsets.length).set(list.offsets)
        return place
      })
      for (const copy of copies) if (!copy.isWithin) copy.step.run(at)
      const operand = ({ buffer, starts, rows }: Matrices, first: number) => {
        const address = at.addressOf(buffer)
        const isListed = rows.kind === 'listed'
        const [ofRows, steps] = spacings.slice(first)
        return starts.map((start) => ({ address: address + start, isListed, rows: ofRows, steps }))
      }
      linking.multiply(
        operand(lhs, 0),
        operand(rhs, 2),
        at.addressOf(sums),
        sizes,
        before.map((step) => step.unitsOf(at.base)),
        after.map((step) => step.unitsOf(at.base)),
      )
      for (const output of outputs) if (!output.isWithin) output.step.run(at)
    },
    scratch: [...buffers.map((b) => b.bytes), ...lists.map(listBytes)],
    placements: [
      {
        where: 'WebAssembly, as a multiplication of packed panels',
        get sources() {
          return [...copies, ...outputs].flatMap(({ step }) => step.placements[0].sources)
        },
        within: [],
      },
    ],
  }
}
