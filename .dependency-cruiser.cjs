/**
 * The direction of imports. A folder may import itself and what its row names, nothing else; every row names
 * only folders above it, so a cycle between folders cannot be written. Cycles inside a folder are allowed:
 * the rules of primitives refer to each other, and run lazily.
 */
const mayImport = {
  graph: [],
  formats: ['graph'],
  ops: ['graph'],
  backends: ['graph'],
  transforms: ['graph', 'ops'],
  random: ['graph', 'ops', 'transforms'],
  optim: ['graph', 'ops', 'transforms'],
  models: ['graph', 'ops', 'transforms', 'random'],
  data: ['graph', 'ops', 'transforms', 'random'],
  export: ['graph', 'ops', 'transforms', 'formats'],
  io: ['graph', 'formats', 'export'],
  testing: ['graph', 'ops'],
  train: ['graph', 'ops', 'transforms', 'random', 'optim', 'models', 'data', 'formats', 'export', 'io'],
  cli: [
    'graph',
    'formats',
    'ops',
    'backends',
    'transforms',
    'random',
    'optim',
    'models',
    'data',
    'export',
    'io',
    'train',
  ],
}

/** Files directly in src: they wire the folders to each other. */
const wiring = {
  'core.ts': [],
  'nn.ts': [],
  'index.ts': ['core.ts', 'nn.ts'],
  'augment.ts': ['core.ts'],
  'debug.ts': ['core.ts'],
  'export.ts': ['core.ts'],
  'io.ts': ['core.ts'],
  'lax.ts': ['core.ts'],
  'linalg.ts': ['core.ts'],
  'metrics.ts': ['core.ts'],
  'testing.ts': ['core.ts'],
}

/** Folders that run unchanged in a browser. */
const withoutNode = [
  'graph',
  'formats',
  'ops',
  'transforms',
  'random',
  'optim',
  'models',
  'data/augment',
  'export',
]

const folders = Object.keys(mayImport)
for (const [i, folder] of folders.entries()) {
  const wrong = mayImport[folder].filter((target) => !folders.slice(0, i).includes(target))
  if (wrong.length > 0) throw new Error(`${folder} may only import folders listed before it, got ${wrong}`)
}
const anyOf = (names) => `(${names.map((name) => name.replace('.', '\\.')).join('|')})`
const folderPath = (names) => `^src/${anyOf(names)}/`

const unknownPlace = {
  path: '^src/',
  pathNot: [folderPath(folders), `^src/${anyOf(Object.keys(wiring))}$`],
}

const direction = folders.map((folder) => ({
  name: `${folder}-direction`,
  comment: `src/${folder} may import ${mayImport[folder].join(', ') || 'no other folder'}`,
  severity: 'error',
  from: { path: folderPath([folder]) },
  to: {
    path: '^src/',
    pathNot: [
      folderPath([folder, ...mayImport[folder]]),
      ...(folder === 'cli' ? [`^src/${anyOf(Object.keys(wiring))}$`] : []),
    ],
  },
}))

const wiringDirection = Object.keys(wiring).map((file) => ({
  name: `${file.replace('.ts', '')}-direction`,
  comment: `src/${file} wires the folders, apart from the command line`,
  severity: 'error',
  from: { path: `^src/${anyOf([file])}$` },
  to: {
    path: '^src/',
    pathNot: [
      folderPath(folders.filter((folder) => folder !== 'cli')),
      ...wiring[file].map((target) => `^src/${anyOf([target])}$`),
    ],
  },
}))

module.exports = {
  forbidden: [
    ...direction,
    ...wiringDirection,
    {
      name: 'nothing-imports-the-page',
      comment: 'the page of web/ is an application of the library',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^web/' },
    },
    {
      name: 'page-without-node',
      comment: 'what the page runs has no modules of Node; its server does',
      severity: 'error',
      from: { path: '^web/', pathNot: 'vite[.]config[.]ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'known-place',
      comment: 'every file of src is in a folder of the table above, or is one of the wiring files',
      severity: 'error',
      from: unknownPlace,
      to: {},
    },
    {
      name: 'known-place-orphan',
      comment: 'as known-place, for a file that imports nothing',
      severity: 'error',
      from: { ...unknownPlace, orphan: true },
      to: {},
    },
    {
      name: 'core-without-node',
      comment: 'these folders run in a browser: no modules of Node',
      severity: 'error',
      from: { path: folderPath(withoutNode) },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'resolvable',
      comment: 'an import that resolves to nothing escapes every other rule',
      severity: 'error',
      from: { path: '^(src|web)/' },
      to: { couldNotResolve: true },
    },
    {
      name: 'declared-dependency',
      comment: 'what is imported at run time is listed in package.json, not only as a development tool',
      severity: 'error',
      from: { path: '^src/' },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['npm-peer', 'type-only'],
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
}
