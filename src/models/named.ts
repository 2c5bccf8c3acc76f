import { leaves } from '../graph/tree.js'
import { toTensor } from '../ops/elementwise/lift.js'
import type { Stage, StageParams, StageState } from './stage.js'

/** Stages by name. */
export type NamedStages = Readonly<Record<string, Stage>>

type NullIfEmpty<T> = [keyof T] extends [never] ? null : T

/** Parameters by name, without the names of stages that have none; `null` if no stage has any. */
export type NamedParams<L extends NamedStages> = NullIfEmpty<{
  readonly [K in keyof L as StageParams<L[K]> extends null ? never : K]: StageParams<L[K]>
}>
/** State by name, as `NamedParams`. */
export type NamedState<L extends NamedStages> = NullIfEmpty<{
  readonly [K in keyof L as StageState<L[K]> extends null ? never : K]: StageState<L[K]>
}>

/** The values by name, without those that are `null`; `null` if all are. @internal */
export const packNamed = (keys: readonly string[], values: readonly unknown[]): unknown => {
  const entries = keys.flatMap((key, i) => (values[i] === null ? [] : [[key, values[i]] as const]))
  return entries.length === 0 ? null : Object.fromEntries(entries)
}

/** The entry for one part in a tree of parameters or state, by name or by position. @internal */
export const entryOf = (tree: unknown, key: string): unknown =>
  typeof tree === 'object' && tree !== null
    ? ((tree as Readonly<Record<string, unknown>>)[key] ?? null)
    : null

/** Number of values in a tree of parameters. */
export const countParameters = (params: unknown): number =>
  leaves(params).reduce<number>((n, l) => n + toTensor(l).size, 0)
