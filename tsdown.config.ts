import { defineConfig } from 'tsdown'
import { browserBundle } from './scripts/browserBundle.js'
import { packageBundle } from './scripts/packageBundle.js'

export default defineConfig([packageBundle, browserBundle])
