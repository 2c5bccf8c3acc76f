import type { ImageSet } from './imageSet.js'
import { trafficSigns } from './trafficSigns.js'

/** 200 signs of each class to learn from and 50 to be tested on, as the network takes them; the seeds make them others. */
const parts = {
  train: { count: 43 * 200, size: 48, seed: 1 },
  test: { count: 43 * 50, size: 48, seed: 2 },
} as const

/** The source of these images, said wherever figures are: they were drawn. */
export const signsSource =
  'synthetic traffic signs, drawn by a program: figures say nothing about photographs of signs'

/** The synthetic traffic signs, or the first so many of them: the same ones each time. */
export const syntheticSigns = (part: keyof typeof parts, limit: number | null): ImageSet => {
  const { count, ...rest } = parts[part]
  return trafficSigns({ ...rest, count: Math.min(count, limit ?? count) })
}
