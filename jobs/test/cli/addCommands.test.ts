import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addCommands } from '../../src/cli/addCommands.js'
import type { Failure } from '../../src/cli/failure.js'
import type { TaskCommand, TaskRow } from '../../src/cli/taskRow.js'

/** A command that says what it was asked. */
const telling = (words: string, parts: Omit<TaskCommand, 'run' | 'description'>): TaskCommand => ({
  description: `${words} it`,
  ...parts,
  run: (asked, { print }) => {
    print(JSON.stringify({ words, ...asked }))
    return TE.right(0)
  },
})

const pictures: TaskRow = {
  name: 'pictures',
  models: ['net-a', 'net-b'],
  commands: {
    train: telling('train pictures', {
      subject: 'model',
      flags: [
        ['--epochs <n>', 'passes over the pictures'],
        ['--seed <n>', 'what chance begins with'],
      ],
      help: 'About pictures.',
    }),
    predict: telling('name pictures', {
      subject: 'run',
      rest: ['<image...>', 'PNGs'],
      flags: [
        ['--invert', 'swap light and dark'],
        ['--no-invert', 'leave them'],
      ],
    }),
  },
}

const sentences: TaskRow = {
  name: 'sentences',
  models: ['gpt'],
  commands: {
    train: telling('train sentences', {
      subject: 'model',
      flags: [
        ['--epochs <n>', 'passes over the text'],
        ['--seed <n>', 'what chance begins with'],
        ['--context-length <n>', 'tokens'],
      ],
      help: 'About sentences.',
    }),
    predict: telling('go on', { subject: 'run', flags: [] }),
    generate: telling('generate', { subject: 'run', flags: [['--tokens <n>', 'how many']] }),
  },
}

/** What a table of tasks answers to words: what it printed, and how it ended. */
const ask = async (
  rows: readonly TaskRow[],
  ...words: readonly string[]
): Promise<{ readonly said: string; readonly ended: E.Either<Failure, number> | undefined }> => {
  let said = ''
  let ended: E.Either<Failure, number> | undefined
  const write = (text: string): void => {
    said += text
  }
  const program = new Command('grad-ts').exitOverride().configureOutput({ writeOut: write, writeErr: write })
  const context = { print: write, warn: write, stopSignal: () => new AbortController().signal }
  addCommands(program, rows, context, async (task) => {
    ended = await task()
  })
  await program.parseAsync([...words], { from: 'user' }).catch(() => undefined)
  return { said, ended }
}

const both = [pictures, sentences]
let home = ''

/** A folder with a checkpoint of a model. */
const runOf = (model: string): string => {
  const folder = join(home, model)
  mkdirSync(join(folder, 'checkpoint'), { recursive: true })
  writeFileSync(join(folder, 'checkpoint', 'manifest.json'), JSON.stringify({ model, version: 1 }))
  return folder
}

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'grad-ts-table-'))
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

describe('the commands of a table of tasks', () => {
  it('are those of all rows, each once', async () => {
    const { said } = await ask(both, '--help')
    const names = Array.from(said.matchAll(/^ {2}(\w+) /gm), ([, name]) => name)
    expect(names.filter((name) => name !== 'help')).toEqual(['train', 'predict', 'generate'])
  })

  it('go to the row of the model, with its flags as they were typed', async () => {
    const asked = await ask(both, 'train', 'gpt', '--context-length', '8', '--epochs', '2')
    expect(JSON.parse(asked.said)).toEqual({
      words: 'train sentences',
      subject: 'gpt',
      rest: [],
      flags: { contextLength: '8', epochs: '2' },
    })
    expect(JSON.parse((await ask(both, 'train', 'net-b')).said)).toEqual({
      words: 'train pictures',
      subject: 'net-b',
      rest: [],
      flags: {},
    })
  })

  it('go to the row of the model that a run is of', async () => {
    const told = await ask(both, 'predict', runOf('net-a'), 'a.png', 'b.png', '--no-invert')
    expect(JSON.parse(told.said)).toEqual({
      words: 'name pictures',
      subject: runOf('net-a'),
      rest: ['a.png', 'b.png'],
      flags: { invert: false },
    })
    expect(JSON.parse((await ask(both, 'predict', runOf('gpt'))).said)).toMatchObject({ words: 'go on' })
    const other = await ask(both, 'generate', runOf('gpt'), '--tokens', '3')
    expect(JSON.parse(other.said)).toMatchObject({ words: 'generate', flags: { tokens: '3' } })
  })

  it('leave a run that is none to the first row, which knows what to say', async () => {
    for (const folder of ['nowhere', runOf('resnet')])
      expect(JSON.parse((await ask(both, 'predict', folder, 'a.png')).said)).toMatchObject({
        words: 'name pictures',
        subject: folder,
      })
  })

  it('refuse a flag of another task, and what a task takes nothing of', async () => {
    const flag = await ask(both, 'train', 'net-a', '--context-length', '8')
    expect(flag.ended).toEqual(
      E.left({
        _tag: 'Usage',
        message:
          '--context-length: a flag of `train` for pictures was required, got that of another task. Leave it out.',
      }),
    )
    const nothing = await ask(both, 'predict', runOf('net-a'))
    expect(nothing.ended).toMatchObject({
      left: { message: 'predict: <image...> was required after <run> for pictures, got nothing.' },
    })
    const more = await ask(both, 'predict', runOf('gpt'), 'a.png')
    expect(more.ended).toMatchObject({
      left: { message: 'predict: nothing was required after <run> for sentences, got a.png.' },
    })
    expect(flag.said + nothing.said + more.said).toBe('')
  })

  it('say in their help what each row says, and what rows share once', async () => {
    const { said } = await ask(both, 'train', '--help')
    const text = said.replace(/\s+/g, ' ')
    expect(text).toContain('(choices: "net-a", "net-b", "gpt")')
    expect(text).toContain('--epochs <n> passes over the pictures; or passes over the text')
    expect(text.match(/--seed/g)).toHaveLength(1)
    expect(text.match(/what chance begins with/g)).toHaveLength(1)
    expect(text).toContain('About pictures. About sentences.')
  })

  it('must agree on what comes first', async () => {
    const odd = {
      ...sentences,
      commands: { train: { ...sentences.commands['train'], subject: 'run' } as const },
    }
    await expect(ask([pictures, odd], '--help')).rejects.toThrow('internal: "train" takes a model')
  })
})
