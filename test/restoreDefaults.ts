import { loadBackend, setDefaultBackend } from '../src/index.js'

// Files that share a process begin alike, whichever ran before: with the whole library, its reference, and the default backend of all tests.
const byDefault = process.env['GRAD_TS_BACKEND'] ?? 'reference'
await Promise.all(['reference', byDefault].map((name) => loadBackend(name)))
setDefaultBackend(byDefault)
