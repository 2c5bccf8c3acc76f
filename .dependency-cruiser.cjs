/**
 * The direction of imports. A folder may import itself and what its row names, nothing else; every row names
 * only folders above it, so a cycle between folders cannot be written. Cycles inside a folder are allowed:
 * the rules of primitives refer to each other, and run lazily.
 */
const mayImport = {
  ir: [],
  formats: ['ir'],
  graph: ['ir'],
  ops: ['ir', 'graph'],
  passes: ['ir', 'graph', 'ops'],
  transforms: ['ir', 'graph', 'ops', 'passes'],
  compiler: ['ir', 'graph', 'ops', 'passes', 'transforms'],
  functions: ['ir', 'graph', 'ops', 'transforms'],
  backends: ['ir'],
  random: ['ir', 'graph', 'ops', 'functions'],
  optim: ['ir', 'graph', 'ops', 'functions'],
  models: ['ir', 'graph', 'ops', 'functions', 'random'],
  data: ['ir', 'graph', 'ops', 'transforms', 'compiler', 'functions', 'random'],
  metrics: ['ir', 'graph'],
  export: ['ir', 'formats', 'graph', 'ops', 'passes', 'transforms', 'compiler'],
  io: ['ir', 'formats', 'graph', 'export'],
  testing: ['ir', 'graph', 'functions'],
  train: [
    'ir',
    'formats',
    'graph',
    'ops',
    'transforms',
    'compiler',
    'functions',
    'random',
    'optim',
    'models',
    'data',
    'io',
  ],
  runs: ['ir', 'formats', 'graph', 'io', 'train'],
}

/** The families of primitives, in the same way. `primitives.ts`, beside them, lists all. */
const families = {
  rules: [],
  elementwise: ['rules'],
  movement: ['rules', 'elementwise'],
  reductions: ['rules', 'elementwise', 'movement'],
  indexing: ['rules', 'elementwise', 'movement', 'reductions'],
  matrices: ['rules', 'elementwise', 'movement', 'indexing'],
  windows: ['rules', 'elementwise', 'movement', 'reductions'],
  control: ['rules', 'elementwise', 'movement', 'reductions', 'matrices'],
  collectives: ['rules', 'movement', 'reductions', 'indexing'],
}

/** Imports of a family from a later one: each is the transpose, or an operand, of what it is in. */
const familyCycles = [
  // operands of unequal shapes are repeated
  ['elementwise/lift', 'movement/broadcast'],
  // cotangents of what was repeated are summed, and sums are repeated
  ['movement/broadcast', 'reductions/reduceSum'],
  // moved axes and those that sums take away are named in one way
  ['movement/pad', 'reductions/reduceSum'],
  ['movement/rev', 'reductions/reduceSum'],
  // the derivative of a running maximum takes the place where it was reached
  ['reductions/cumulative', 'indexing/gather'],
]

/** Files directly in src: they wire the folders to each other. */
const wiring = {
  'cli.ts': [],
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
  'runs.ts': ['core.ts'],
  'testing.ts': ['core.ts'],
  'train.ts': ['core.ts'],
}

/** Folders of jobs/src, in the same way. Files beside them put tasks together. */
const jobsMayImport = {
  cli: [],
  page: [],
  pictures: [],
  progress: [],
  images: ['cli', 'page', 'pictures', 'progress'],
}

/** What the package exports, as files of src. */
const publicFiles = Object.keys(require('./package.json').exports)
  .filter((name) => !['./browser', './package.json'].includes(name))
  .map((name) => (name === '.' ? 'index.ts' : `${name.slice(2)}.ts`))

/** Folders that run unchanged in a browser. */
const withoutNode = [
  'ir',
  'graph',
  'formats',
  'ops',
  'passes',
  'transforms',
  'compiler',
  'functions',
  'random',
  'optim',
  'models',
  'data',
  'train',
  'export',
]

const folders = Object.keys(mayImport)
for (const table of [mayImport, families, jobsMayImport]) {
  const names = Object.keys(table)
  for (const [i, folder] of names.entries()) {
    const wrong = table[folder].filter((target) => !names.slice(0, i).includes(target))
    if (wrong.length > 0) throw new Error(`${folder} may only import folders listed before it, got ${wrong}`)
  }
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
    pathNot: [folderPath([folder, ...mayImport[folder]])],
  },
}))

const familyDirection = Object.keys(families).map((family) => ({
  name: `ops-${family}-direction`,
  comment: `src/ops/${family} may import ${families[family].join(', ') || 'no other family'}`,
  severity: 'error',
  from: {
    path: `^src/ops/${family}/`,
    pathNot: familyCycles
      .filter(([from]) => from.startsWith(`${family}/`))
      .map(([from]) => `^src/ops/${from}[.]ts$`),
  },
  to: { path: '^src/ops/', pathNot: [family, ...families[family]].map((name) => `^src/ops/${name}/`) },
}))

const familyCycleDirection = familyCycles.map(([from, to]) => {
  const family = from.split('/')[0]
  const own = familyCycles.filter((cycle) => cycle[0] === from).map((cycle) => `^src/ops/${cycle[1]}[.]ts$`)
  return {
    name: `ops-${from.replace('/', '-')}-direction`,
    comment: `src/ops/${from}.ts may import ${to}.ts beside what its family may`,
    severity: 'error',
    from: { path: `^src/ops/${from}[.]ts$` },
    to: {
      path: '^src/ops/',
      pathNot: [...[family, ...families[family]].map((name) => `^src/ops/${name}/`), ...own],
    },
  }
})

const jobsDirection = Object.keys(jobsMayImport).map((folder) => ({
  name: `jobs-${folder}-direction`,
  comment: `jobs/src/${folder} may import ${jobsMayImport[folder].join(', ') || 'no other folder of jobs'}`,
  severity: 'error',
  from: { path: `^jobs/src/${folder}/` },
  to: {
    path: '^jobs/src/',
    pathNot: [folder, ...jobsMayImport[folder]].map((name) => `^jobs/src/${name}/`),
  },
}))

const wiringDirection = Object.keys(wiring).map((file) => ({
  name: `${file.replace('.ts', '')}-direction`,
  comment: `src/${file} wires the folders`,
  severity: 'error',
  from: { path: `^src/${anyOf([file])}$` },
  to: {
    path: '^src/',
    pathNot: [folderPath(folders), ...wiring[file].map((target) => `^src/${anyOf([target])}$`)],
  },
}))

module.exports = {
  forbidden: [
    ...direction,
    ...familyDirection,
    ...familyCycleDirection,
    ...wiringDirection,
    ...jobsDirection,
    {
      name: 'jobs-public-names',
      comment: 'jobs import the library as its users do: grad-ts, grad-ts/io and so on',
      severity: 'error',
      from: { path: '^jobs/src/' },
      to: { path: '^src/', dependencyTypesNot: ['aliased'] },
    },
    {
      name: 'jobs-exported-names',
      comment: 'of the names grad-ts/…, those that package.json exports',
      severity: 'error',
      from: { path: '^jobs/src/' },
      to: { path: '^src/', pathNot: `^src/${anyOf(publicFiles)}$` },
    },
    {
      name: 'library-alone',
      comment: 'the library knows nothing of the jobs that are done with it',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^jobs/' },
    },
    {
      name: 'nothing-imports-the-page',
      comment: 'the page of web/ is an application of the library',
      severity: 'error',
      from: { path: '^(src|jobs)/' },
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
      from: { path: '^(src|jobs|web)/' },
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
