'use strict'

const { spawnSync } = require('node:child_process')
const { createHash } = require('node:crypto')
const { existsSync, readFileSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')
const { say, Stop } = require('./say.cjs')

/** Installs the packages that the lock file names; skipped while they are as the last run left them. */
function installDependencies({ root, env }) {
  const stamp = join(root, 'node_modules', '.gramkit-installed')
  const wanted = fingerprint(root)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  say('installing packages with pnpm')
  const result = spawnSync(
    'pnpm',
    [
      'install',
      '--frozen-lockfile',
      '--reporter=append-only',
      '--config.confirmModulesPurge=false',
    ],
    { cwd: root, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 2 ** 26 },
  )
  if (result.status !== 0) {
    const output = [result.error?.message, result.stdout, result.stderr].filter(Boolean).join('\n')
    throw new Stop(`pnpm install failed.\n${output}`)
  }
  writeFileSync(stamp, wanted)
}

/** What decides the contents of node_modules: the lock file, the settings and the platform. */
function fingerprint(root) {
  const hash = createHash('sha256')
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json']) {
    hash.update(readFileSync(join(root, file)))
  }
  hash.update(`${process.platform} ${process.arch}`)
  return hash.digest('hex')
}

module.exports = { installDependencies }
