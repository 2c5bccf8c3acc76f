// Runs the commands of `grad-ts` that its parent sends, each to its end, and answers how it ended and what it said.
// The entry is evaluated anew each time, with arguments of its own; what it imports is there already.
const said = { stdout: '', stderr: '' }
for (const name of ['stdout', 'stderr'])
  process[name].write = (chunk, ...rest) => {
    said[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()
    rest.findLast((argument) => typeof argument === 'function')?.()
    return true
  }

const [, , entry] = process.argv
let count = 0

process.on('message', async (args) => {
  Object.assign(said, { stdout: '', stderr: '' })
  process.exitCode = undefined
  process.argv.splice(1, Number.POSITIVE_INFINITY, entry, ...args)
  const answer = await import(`${entry}?${count++}`).then(
    () => ({ code: process.exitCode ?? 0, signal: null, ...said }),
    (error) => ({
      code: 1,
      signal: null,
      stdout: said.stdout,
      stderr: `${said.stderr}${error?.stack ?? error}`,
    }),
  )
  // what the entry listens to is its own
  for (const stream of [process.stdout, process.stderr]) stream.removeAllListeners('error')
  for (const signal of ['SIGINT', 'SIGTERM']) process.removeAllListeners(signal)
  process.exitCode = undefined
  process.send(answer)
})
process.on('disconnect', () => process.exit())
