import { spawn } from 'node:child_process'
import { commandFile } from '../../../test/builtPackages.js'
import type { Ended } from './commandLine.js'

/** Runs `grad-ts ARGS` with no file allowed to grow beyond `bytes` (in units of 512): the system refuses what is more, as a full disk does. */
export const gradTsWithin = (bytes: number, ...args: readonly string[]): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const limited = `ulimit -f ${Math.floor(bytes / 512)} && exec "$0" "$@"`
    const child = spawn('/bin/sh', ['-c', limited, process.execPath, commandFile(), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const said = { stdout: '', stderr: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said.stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said.stderr += text
    })
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, ...said }))
  })
