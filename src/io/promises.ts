import type { Exported } from '../export/exported.js'
import { promised } from '../graph/promised.js'
import * as program from './programFile.js'
import * as weights from './weightsFile.js'

/**
 * Writes a model's weights for others to read: a safetensors file with the names and layouts of PyTorch. There,
 * `module.load_state_dict(safetensors.torch.load_file(path))` takes it, if the module's members have the names of the parts. The
 * file is written as a whole or not at all.
 * @throws (rejects with) an IoError where the file can't be written, a GradError for anything but variables, and where two arrays would have one name
 * @example
 * ```ts
 * import { nn, random } from 'grad-ts'
 * import { loadWeights, saveWeights } from 'grad-ts/io'
 * import { mkdtemp, rm } from 'node:fs/promises'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 *
 * const folder = await mkdtemp(join(tmpdir(), 'weights-'))
 * const path = join(folder, 'weights.safetensors')
 * const model = nn.sequential({ fc1: nn.linear(4, 3), norm: nn.batchNorm(3) })
 * const written = model.init(random.key(0))
 * await saveWeights(path, written) // fc1.weight, fc1.bias, norm.weight, norm.bias, norm.running_mean, …
 * const read = await loadWeights(path, model.init(random.key(1)))
 * read.params.fc1.weight.sub(written.params.fc1.weight).abs().max() // => 0
 * await rm(folder, { recursive: true })
 * ```
 */
export const saveWeights = (path: string, variables: weights.Variables): Promise<void> =>
  promised(() => weights.saveWeights(path, variables))

/**
 * Reads the weights that `saveWeights` or PyTorch wrote (`safetensors.torch.save_file(module.state_dict(), path)`) into the structure
 * of `like`, a model's initial variables. Names, types and shapes must be those of `like`, with none missing and none added.
 * @throws (rejects with) an IoError where the file can't be read, or is another model's
 */
export const loadWeights = <V extends weights.Variables>(path: string, like: V): Promise<V> =>
  promised(() => weights.loadWeights(path, like))

/**
 * Writes an exported program to a file, as a whole or not at all.
 * @throws (rejects with) an IoError where the file can't be written
 * @example
 * ```ts
 * import { np, type Tensor } from 'grad-ts'
 * import { exportProgram } from 'grad-ts/export'
 * import { loadProgram, saveProgram } from 'grad-ts/io'
 * import { mkdtemp, rm } from 'node:fs/promises'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 *
 * const folder = await mkdtemp(join(tmpdir(), 'program-'))
 * const path = join(folder, 'double.safetensors')
 * await saveProgram(path, exportProgram((x: Tensor) => x.mul(2), np.zeros([2])))
 * const { call } = await loadProgram<[Tensor], Tensor>(path)
 * call(np.array([1, 2])) // => [2, 4]
 * await rm(folder, { recursive: true })
 * ```
 */
export const saveProgram = <A extends readonly unknown[], R>(
  path: string,
  exported: Exported<A, R>,
): Promise<void> => promised(() => program.saveProgram(path, exported))

/**
 * Reads a program from a file; the types are the caller's claim, checked at each call.
 * @throws (rejects with) an IoError where the file can't be read, or is no program
 */
export const loadProgram = <A extends readonly unknown[] = readonly unknown[], R = unknown>(
  path: string,
): Promise<Exported<A, R>> => promised(() => program.loadProgram<A, R>(path))
