import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { commandFile } from '../../../test/builtPackages.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** How a process ended, and what it said. */
export type Ended = {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

type Running = { readonly process: ChildProcess; readonly ended: Promise<Ended> }

const start = (command: string, args: readonly string[]): Running => {
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  const said = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.stderr += text
  })
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, ...said }))
  })
  return { process: child, ended }
}

/** Starts `grad-ts ARGS`. */
export const startGradTs = (...args: readonly string[]): Running =>
  start(process.execPath, [commandFile(), ...args])

/** Runs `grad-ts ARGS` to its end. */
export const gradTs = (...args: readonly string[]): Promise<Ended> => startGradTs(...args).ended

/** The step that the run's checkpoint is of; −1 while there is none. */
const checkpointStep = (runFolder: string): number => {
  const path = join(runFolder, 'checkpoint', 'manifest.json')
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).counters.step : -1
}

/** Starts `grad-ts train`, and sends `signal` once its checkpoint is of `step` or later. */
export const stopAt = async (
  runFolder: string,
  step: number,
  signal: NodeJS.Signals,
  args: readonly string[],
): Promise<Ended> => {
  const running = startGradTs(...args, '--out', runFolder)
  const over = running.ended.then(() => true)
  while (checkpointStep(runFolder) < step) {
    if (await Promise.race([over, setTimeout(2, false)])) break
  }
  running.process.kill(signal)
  return running.ended
}

/** Every file below a folder with its content, for comparing before and after. */
export const filesBelow = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .sort()
      .filter((name) => statSync(join(folder, name)).isFile())
      .map((name) => [name, readFileSync(join(folder, name), 'base64')]),
  )
