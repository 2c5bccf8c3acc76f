const bare = /^[\w@%+=:,./-]+$/

/** Arguments as a shell takes them: what holds anything but plain characters is in quotes. */
export const commandText = (words: readonly string[]): string =>
  ['grad-ts', ...words]
    .map((word) => (bare.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ')
