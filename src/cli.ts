#!/usr/bin/env node
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** `grad-ts`: the command line of `grad-ts-jobs`, beside this package or in the project at hand; otherwise how to install it. */
const commandLineFrom = (place: string): string | null => {
  try {
    return createRequire(place).resolve('grad-ts-jobs/cli')
  } catch {
    return null
  }
}

const found = commandLineFrom(import.meta.url) ?? commandLineFrom(join(process.cwd(), 'package.json'))
if (found !== null) await import(pathToFileURL(found).href)
else {
  console.error(
    'grad-ts: the package grad-ts-jobs is required for the command line, got none. Install it: npm install grad-ts-jobs',
  )
  process.exitCode = 1
}
