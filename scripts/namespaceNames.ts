import type { UserConfig } from 'tsdown'

/**
 * Gives namespaces of types the names under which they are exported, which editors show: `np.tanh`, not `numpy_d_exports.tanh`.
 * A name that the file has already stays with its owner.
 */
export const namespaceNames = {
  name: 'namespace-names',
  renderChunk(code, { fileName }) {
    if (!fileName.endsWith('.d.ts')) return null
    const exports = [...code.matchAll(/(?<=[\s,{])(\w+_d_exports(?:\$\d+)?) as (\w+)(?=[\s,}])/g)]
    return exports.reduce((text, [, made, name]) => {
      const isTaken = new RegExp(
        `(?:^(?:declare |export )*(?:const|function|class|type|interface|namespace|let) |^import .*[ {])${name}\\b`,
        'm',
      ).test(text)
      const whole = new RegExp(`(?<![\\w$])${made.replace('$', '\\$')}(?![\\w$])`, 'g')
      return isTaken ? text : text.replace(`${made} as ${name}`, name).replace(whole, name)
    }, code)
  },
} satisfies NonNullable<UserConfig['plugins']>
