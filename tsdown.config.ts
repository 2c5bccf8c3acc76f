import { defineConfig } from 'tsdown'
import { browserBundle } from './scripts/browserBundle.js'
import { jobsBundle } from './scripts/jobsBundle.js'
import { packageBundle } from './scripts/packageBundle.js'

export default defineConfig([packageBundle, browserBundle, jobsBundle])
