import { defineConfig } from 'tsdown'
import { browserBundle } from './scripts/browserBundle.js'
import { libraryBundle } from './scripts/libraryBundle.js'

export default defineConfig([libraryBundle, browserBundle])
