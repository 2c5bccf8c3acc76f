import { beforeAll, describe, expect, it } from 'vitest'
import { build } from '../../../test/builtPackages.js'
import { gradTs } from './commandLine.js'
import { commandsInTurn } from './commandsInTurn.js'
import { expectRefusal } from './refusal.js'

const inTurn = commandsInTurn()

beforeAll(build, 240_000)

/** What the row of a layer says: its output's shape, and its parameters. */
const rowOf = (stdout: string, layer: string): readonly string[] =>
  stdout
    .split('\n')
    .find((line) => line.startsWith(layer))
    ?.split(/ {2,}/)
    .slice(1) ?? []

describe('grad-ts summary', () => {
  it('shows layers, shapes and parameters of one image as the network gets it', async () => {
    const { code, stdout, stderr } = await gradTs('summary', 'mnist-cnn')
    expect(stderr).toBe('')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^mnist-cnn, input \[1,3,48,48\]\n/)
    expect(rowOf(stdout, 'conv3')).toEqual(['[1,128,24,24]', '73,856'])
    expect(rowOf(stdout, 'fc2')).toEqual(['[1,10]', '5,130'])
    // 3·3·(3·32 + 32·64 + 64·128) + 224 + 18432·512 + 512 + 512·10 + 10
    expect(rowOf(stdout, 'total')).toEqual(['9,536,074'])
  })

  it('takes other batches', async () => {
    const { code, stdout } = await inTurn('summary', 'mnist-mlp', '--input', '64,1,28,28')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^mnist-mlp, input \[64,1,28,28\]\n/)
    expect(rowOf(stdout, 'fc1')).toEqual(['[64,128]', '100,480'])
    expect(rowOf(stdout, 'total')).toEqual(['101,770'])
  })

  it('asks how many classes there are where that is up to the data', async () => {
    const { code, stdout } = await inTurn('summary', 'image-cnn', '--classes', '7')
    expect(code).toBe(0)
    expect(rowOf(stdout, 'fc2')).toEqual(['[1,7]', '3,591'])
    const refused = await inTurn('summary', 'image-cnn')
    expectRefusal(
      refused,
      2,
      /--classes: a number was required for image-cnn, whose classes are those of its/,
    )
    const signs = await inTurn('summary', 'signs-cnn')
    expect(rowOf(signs.stdout, 'fc2')).toEqual(['[1,43]', '22,059'])
    expect(rowOf(signs.stdout, 'total')).toEqual(['9,553,003'])
    const other = await inTurn('summary', 'signs-cnn', '--classes', '10')
    expectRefusal(other, 2, /--classes: the 43 of signs-cnn were required, got 10\. Leave it out\./)
  })

  it.each([
    ['grey images', '1,1,48,48', /--input: conv1.*\[n, 3, h, w\].*got f32\[1,1,48,48\].*\[1,3,48,48\]/],
    ['smaller images', '1,3,32,32', /--input: fc1.*18432.*got f32\[1,8192\].*\[1,3,48,48\]/],
    ['no batch', '3,48,48', /--input: conv1.*Put a batch axis first.*\[1,3,48,48\]/],
    ['no sizes', '48x48', /--input: positive sizes with commas.*got "48x48"/],
    ['half a pixel', '1,3,48,47.5', /--input: positive sizes.*got "1,3,48,47.5"/],
    ['a size that is missing', '1,3,,48', /--input: positive sizes.*got "1,3,,48"/],
  ])('refuses %s in one line', async (_what, sizes, message) => {
    expectRefusal(await inTurn('summary', 'mnist-cnn', '--input', sizes), 2, message)
  })

  it('refuses a model that there is not, and names those that there are', async () => {
    const { code, stderr } = await gradTs('summary', 'resnet')
    expect(stderr).toMatch(/resnet.*mnist-cnn, mnist-mlp, signs-cnn, image-cnn/)
    expect(code).toBe(2)
  })
})

describe('grad-ts --help', () => {
  it('names every command, and each command its flags', async () => {
    expect((await gradTs('--help')).stdout).toMatch(/train[\s\S]*eval[\s\S]*predict[\s\S]*summary/)
    const flags = {
      eval: ['<run>', '--data', '--test-limit', '--invert', '--no-invert', '--backend', '--report'],
      predict: ['<run>', '<image...>', '--invert', '--no-invert', '--json', '--backend'],
      summary: ['<model>', '--input', '--classes'],
      train: ['<model>', '--data', 'image-cnn', 'synthetic', '--limit', '--resume'],
    }
    for (const [command, names] of Object.entries(flags)) {
      const { code, stdout } = await inTurn(command, '--help')
      expect(code).toBe(0)
      for (const name of names) expect(stdout).toContain(name)
    }
  })
})
