import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { resultOf } from './runTraces.js'

/** One page that shows these pictures, and asks for nothing from elsewhere. */
export const expectPage = (runFolder: string, pictures: readonly string[]): void => {
  const page = readFileSync(join(runFolder, 'index.html'), 'utf8')
  for (const name of pictures) {
    const type = name.endsWith('.svg') ? 'svg+xml' : 'png'
    const uri = `data:image/${type};base64,${readFileSync(join(runFolder, name), 'base64')}`
    expect(page.includes(uri), name).toBe(true)
  }
  expect(page.replaceAll(/data:[^"]*/g, '')).not.toMatch(/https?:|src="(?!")|href=|<script|<link|url\(/)
  const { testAccuracy } = resultOf(runFolder).report
  expect(page.includes(`<dt>test accuracy</dt><dd>${testAccuracy.toFixed(4)}</dd>`)).toBe(true)
}
