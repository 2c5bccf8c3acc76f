import { spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'

/** Debian's packages are for its own Python, which need not be the first one on the path. */
const python = process.env['PYTHON'] ?? '/usr/bin/python3'

/** Why a Python module can't be had; `null` where it can. `debian`: the package that has it. */
export const whyNoModule = (name: string, debian: string): string | null =>
  spawnSync(python, ['-c', `import ${name}`], { stdio: 'ignore' }).status === 0
    ? null
    : `${python} has no ${name}: Debian's package is ${debian}`

/** A script in a process of its own, that answers each line with a line of JSON. */
export type Script = {
  readonly ask: (command: string) => Promise<unknown>
  readonly close: () => void
}

export const startScript = (path: string, args: readonly string[]): Script => {
  const child = spawn(python, [path, ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    ask: async (command) => {
      child.stdin.write(`${command}\n`)
      const line = await lines.next()
      if (line.done === true) throw new Error(`${path}: an answer to "${command}" is required, and it ended.`)
      return JSON.parse(line.value)
    },
    close: () => child.stdin.end(),
  }
}
