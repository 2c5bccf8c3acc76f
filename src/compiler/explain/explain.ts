import { formatSite } from '../../graph/sourceSite.js'
import { formatAval, sizeOf } from '../../ir/aval.js'
import type { Placement } from '../../ir/backend.js'
import { type Costs, sizeOfExprs } from '../../ir/costs.js'
import type { BufferId } from '../../ir/expr.js'
import { equationsIn, fromMemory, type Origin } from '../../ir/lineage.js'
import { bytesOf, peakBytes, reads, writes } from '../../ir/memory.js'
import { printBuffer, printStep } from '../../ir/print.js'
import { type Program, type Step, spaceOf, subPrograms } from '../../ir/program.js'
import { whyApart } from '../fusion/fuse.js'

/** A report on one step. */
export type StepReport = {
  readonly step: Step
  readonly number: number
  readonly line: string
  /** The equations that it computes, with the lines that asked for them. */
  readonly equations: readonly { readonly eqn: Origin; readonly text: string; readonly site: string }[]
  readonly flops: number
  readonly bytesRead: number
  readonly bytesWritten: number
  /** For each result, why it is in memory, and who reads it there. */
  readonly ends: readonly string[]
  readonly placement: Placement | null
  /** The programs within it. */
  readonly within: readonly ProgramReport[]
}

/** A report on a program. */
export type ProgramReport = {
  readonly program: Program
  readonly steps: readonly StepReport[]
  readonly peakBytes: number
}

const flopsOf = (step: Step): number => {
  if (step.kind === 'contract') {
    const points = sizeOf(spaceOf(step))
    const { flops } = sizeOfExprs(step.outputs.map((o) => o.value))
    return points * (2 * sizeOf(step.k) + flops)
  }
  if (step.kind !== 'kernel') return 0
  const points = sizeOf(step.space)
  const values = sizeOfExprs(step.outputs.map((o) => o.value)).flops
  const { reduction } = step
  if (reduction === null) return points * values
  const each = sizeOfExprs(reduction.element).flops + sizeOfExprs(reduction.combine).flops
  return points * (values + sizeOf(reduction.extents) * each)
}

/** For each result of a step: why it is kept, and for each reader why it is not a part of the same kernel. */
const endsOf = (program: Program, apart: ReturnType<typeof whyApart>, at: number): readonly string[] => {
  const step = program.steps[at]
  const why = (b: BufferId): string =>
    step.kind === 'kernel' || step.kind === 'contract'
      ? (step.outputs.find((o) => o.buffer === b)?.why ?? 'a kernel of its own')
      : `${step.name} gives it`
  return writes(step).map((b) => {
    const readers = program.steps.flatMap((reader, i) => {
      if (i <= at || !reads(reader).includes(b)) return []
      return [`read by ${i + 1}: ${apart(at, i)}`]
    })
    const kept = program.outputs.includes(b) ? ['a result of the program'] : []
    return `b${b}: ${[...new Set([why(b), ...kept, ...readers])].join('; ')}`
  })
}

/** The report on a program: its kernels, why they are as they are, and their costs. */
export const reportProgram = (
  program: Program,
  costs: Costs,
  placements: readonly Placement[] | undefined,
): ProgramReport => {
  const apart = whyApart(program, costs)
  return {
    program,
    peakBytes: peakBytes(program),
    steps: program.steps.map((step, at): StepReport => {
      const placement = placements?.[at] ?? null
      const bytes = (ids: readonly BufferId[]): number =>
        [...new Set(ids)].reduce((n, id) => n + bytesOf(program.buffers[id]), 0)
      return {
        step,
        number: at + 1,
        line: printStep(program, step),
        equations: equationsIn(
          (step.kind === 'kernel' || step.kind === 'contract' ? step.lineage : undefined) ?? fromMemory,
        ).map((eqn) => ({
          eqn,
          text: `${eqn.primitive.name} → ${eqn.outputs.map((v) => formatAval(v.aval)).join(', ')}`,
          site: formatSite(eqn.source),
        })),
        flops: flopsOf(step),
        bytesRead: bytes(reads(step)),
        bytesWritten: bytes(writes(step)),
        ends: endsOf(program, apart, at),
        placement,
        within: subPrograms(step).map((sub, i) => reportProgram(sub, costs, placement?.within[i])),
      }
    }),
  }
}

const count = (n: number): string => n.toLocaleString('en-US')

const stepText = (s: StepReport): readonly string[] => [
  `${String(s.number).padStart(4)}  ${s.line}`,
  ...(s.equations.length === 0
    ? []
    : [
        `        of    ${s.equations.map((e) => `${e.text}${e.site === 'unknown' ? '' : ` (${e.site})`}`).join('\n              ')}`,
      ]),
  `        costs ${count(s.flops)} operations, ${count(s.bytesRead)} bytes read, ${count(s.bytesWritten)} written`,
  ...(s.placement === null ? [] : [`        runs  ${s.placement.where}`]),
  ...s.ends.map((end, i) => `        ${i === 0 ? 'ends ' : '     '} ${end}`),
  ...(s.placement?.sources ?? []).flatMap((source) => source.split('\n').map((line) => `        | ${line}`)),
  ...s.within.flatMap((report) => bodyText(report).map((line) => `      ${line}`)),
]

const bodyText = ({ program, steps }: ProgramReport): readonly string[] => [
  `  in  ${program.inputs.map((b) => printBuffer(program, b)).join(', ')}`,
  ...steps.flatMap(stepText),
  `  out ${program.outputs.map((b) => `b${b}`).join(', ')}`,
]

/** A report as text. */
export const explainAsText = (report: ProgramReport, backend: string): string => {
  const { length } = report.steps
  return [
    `program for ${backend}: ${length} ${length === 1 ? 'step' : 'steps'}`,
    ...bodyText(report),
    `  peak ${report.peakBytes} bytes`,
  ].join('\n')
}
