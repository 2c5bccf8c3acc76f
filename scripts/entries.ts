/** What can be imported as `grad-ts/<name>`, in Node and in browsers: `src/<name>.ts`. */
export const entriesBesideTheCore = [
  'augment',
  'debug',
  'export',
  'lax',
  'linalg',
  'metrics',
  'train',
] as const

/** What can be imported in Node alone. */
export const entriesOfNode = ['io', 'runs', 'testing'] as const
