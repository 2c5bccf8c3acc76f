import { GradError } from '../ir/errors.js'

/**
 * Runs a layer or a part; its errors begin with its name (`once`: unless they do already), so that one of many similar layers can be found.
 * @throws GradError of the class that was thrown, which is its cause
 * @internal
 */
export const within = <T>(name: string, run: () => T, once = false): T => {
  try {
    return run()
  } catch (cause) {
    if (!(cause instanceof GradError) || (once && cause.message.startsWith(name))) throw cause
    throw new (cause.constructor as typeof GradError)(`${name}: ${cause.message}`, { cause })
  }
}
