import { listBytes, type Matrices } from '../contract/operand.js'
import type { MultiplicationPlan } from '../contract/plan.js'
import type { CompiledStep } from './compiledStep.js'
import type { Linking } from './linking.js'
import { type NestStep, nestStep } from './nestStep.js'

/**
 * Copies of operands, the products matrix by matrix, and the outputs' expressions of the sums. What of them goes matrix by
 * matrix too is done together with the product, while it is in a cache.
 */
export const multiplicationStep = (plan: MultiplicationPlan, linking: Linking): CompiledStep => {
  const { lhs, rhs, sums, sizes, buffers, lists } = plan
  const count = lhs.starts.length
  const isWithin = (step: NestStep): boolean =>
    count > 1 && step.isByFirstAxis && step.units === count && (linking.pool === null || step.isShareable)
  const copies = plan.copies.map(({ kernel, isByMatrix }) => {
    const step = nestStep(kernel, linking)
    return { step, isWithin: isByMatrix && isWithin(step) }
  })
  const outputs = plan.outputs === null ? [] : [nestStep(plan.outputs, linking)]
  const within = copies.filter((c) => c.isWithin).map((c) => c.step)
  const [after, last] = [outputs.filter(isWithin), outputs.filter((step) => !isWithin(step))]
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
      for (const copy of copies) if (!copy.isWithin) copy.step.run(at, [])
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
        within.map((step) => step.unitsOf(at.base)),
        after.map((step) => step.unitsOf(at.base)),
      )
      for (const step of last) step.run(at, [])
    },
    scratch: [...buffers.map((b) => b.bytes), ...lists.map(listBytes)],
    placement: {
      where: 'WebAssembly, as a multiplication of packed panels',
      get sources() {
        return [...copies.map((c) => c.step), ...outputs].flatMap((step) => step.placement.sources)
      },
      within: [],
    },
  }
}
