import { defineConfig } from 'tsdown'
import { browserBundle } from './scripts/browserBundle.js'
import { jobsBundle } from './scripts/jobsBundle.js'
import { commonJsBundle, packageBundle } from './scripts/packageBundle.js'

export default defineConfig([packageBundle, commonJsBundle, browserBundle, jobsBundle])
