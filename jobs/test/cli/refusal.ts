import { expect } from 'vitest'
import type { Ended } from './commandLine.js'

/** The command ended with `exit`, said `message` in one line on standard error, and nothing else. */
export const expectRefusal = ({ code, stderr, stdout }: Ended, exit: number, message: RegExp): void => {
  expect(stderr).toMatch(message)
  expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  expect(stdout).toBe('')
  expect(code).toBe(exit)
}
