/** Looking into functions while they run: values printed from within, and the origin of NaN. This is `debug`. */
export { callback } from './debugCallback.js'
export { nans, setNans } from './debugNans.js'
export { print } from './debugPrint.js'
