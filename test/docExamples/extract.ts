import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One block of example code, and where it stands: `line` is the line of its first line of code, from 1. */
export interface DocExample {
  readonly file: string
  readonly line: number
  readonly code: string
}

const fence = /^\s*```(.*)$/

interface Block {
  readonly info: string
  readonly line: number
  readonly code: string
}

/** The fenced blocks among `lines`, whose first line has the number `firstLine`. */
const fencedBlocks = (lines: readonly string[], firstLine: number): readonly Block[] => {
  const blocks: Block[] = []
  let open: { info: string; at: number } | undefined
  lines.forEach((text, i) => {
    const info = fence.exec(text)?.[1]
    if (info === undefined) return
    if (open === undefined) open = { info: info.trim(), at: i }
    else {
      blocks.push({
        info: open.info,
        line: firstLine + open.at + 1,
        code: lines.slice(open.at + 1, i).join('\n'),
      })
      open = undefined
    }
  })
  if (open !== undefined) throw new Error(`the fence opened on line ${firstLine + open.at} is never closed`)
  return blocks
}

/** Every ts block of every `@example` in the doc comments of a TypeScript source. */
export const examplesOfSource = (file: string, source: string): readonly DocExample[] =>
  [...source.matchAll(/\/\*\*[\s\S]*?\*\//g)].flatMap((comment) => {
    if (!/@example\b/.test(comment[0])) return []
    const before = source.slice(0, comment.index).split('\n').length
    const lines = comment[0].replace(/\s*\*\/$/, '').split('\n')
    let inExample = false
    const kept = lines.map((raw) => {
      const text = raw.replace(/^\s*\/?\*+ ?/, '')
      const tag = /^\s*@(\w+)/.exec(text)?.[1]
      if (tag !== undefined) inExample = tag === 'example'
      return inExample ? text : ''
    })
    return fencedBlocks(kept, before)
      .filter((block) => block.info === 'ts')
      .map(({ line, code }) => ({ file, line, code }))
  })

/** Every block of a Markdown text whose fence says ` ```ts runnable `. */
export const examplesOfMarkdown = (file: string, source: string): readonly DocExample[] =>
  fencedBlocks(source.split('\n'), 1)
    .filter((block) => block.info === 'ts runnable')
    .map(({ line, code }) => ({ file, line, code }))

const filesBelow = (root: string, folder: string): readonly string[] =>
  readdirSync(join(root, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`
      return entry.isDirectory() ? filesBelow(root, path) : entry.name.endsWith('.ts') ? [path] : []
    })
    .sort()

/** All runnable examples of the checkout at `root`: those of `src` and `jobs/src`, then those of the README. */
export const examplesOfCheckout = (root: string): readonly DocExample[] => {
  const read = (file: string): string => readFileSync(join(root, file), 'utf8')
  return [
    ...['src', 'jobs/src'].flatMap((folder) =>
      filesBelow(root, folder).flatMap((file) => examplesOfSource(file, read(file))),
    ),
    ...examplesOfMarkdown('README.md', read('README.md')),
  ]
}
