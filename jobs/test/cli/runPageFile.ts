import { existsSync, readFileSync } from 'node:fs'
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
  const rest = page.replaceAll(/data:[^"]*/g, '')
  expect(rest).not.toMatch(/https?:|src="(?!")|<script|<link|url\(/)
  const links = [...rest.matchAll(/href="([^"]*)"/g)].map(([, name]) => name)
  for (const name of links) expect(existsSync(join(runFolder, name)), name).toBe(true)
  expect(links).toContain('metrics.csv')
  const { testAccuracy } = resultOf(runFolder).report
  expect(page.includes(`<dt>test accuracy</dt><dd>${testAccuracy.toFixed(4)}</dd>`)).toBe(true)
}
