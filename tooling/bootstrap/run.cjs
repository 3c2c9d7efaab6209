'use strict'

/**
 * What `npm start` and `npm test` run, on any Node from 18 and without installed packages.
 *
 * Brings Node, pnpm and the packages into the clone, then hands over. Nothing outside the clone
 * changes, except that `test` installs redis-server and Chromium by apt where it may.
 */
const { join } = require('node:path')
const { installDependencies } = require('./dependencies.cjs')
const { installPrograms } = require('./programs.cjs')
const { runChild } = require('./run-child.cjs')
const { Stop } = require('./say.cjs')
const { prepareToolchain, root } = require('./toolchain.cjs')

async function main([command, ...rest]) {
  if (command !== 'start' && command !== 'test') {
    throw new Stop('usage: node tooling/bootstrap/run.cjs start|test')
  }
  const { node, env } = prepareToolchain()
  installDependencies({ root, env })
  if (command === 'test') installPrograms({ env })
  const program =
    command === 'start'
      ? ['-C', 'gramkit-source', join('tooling', 'cli', 'src', 'main.ts'), 'dev', ...rest]
      : [join('tooling', 'bootstrap', 'all-tests.cjs'), ...rest]
  const preload = join(__dirname, 'end-with-parent.cjs')
  return await runChild(node, ['--require', preload, ...program], { cwd: root, env })
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error) => {
    process.stderr.write(`gramkit: ${error instanceof Stop ? error.message : error.stack}\n`)
    process.exit(1)
  },
)
