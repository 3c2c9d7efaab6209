'use strict'

const { spawnSync } = require('node:child_process')
const { accessSync, constants } = require('node:fs')
const { delimiter, join } = require('node:path')
const { say, Stop } = require('./say.cjs')

/** What the tests need beside npm packages, with the Debian package that brings it. */
const PROGRAMS = [
  { debian: 'redis-server', names: ['redis-server'] },
  { debian: 'chromium', names: ['chromium', 'chromium-browser', 'google-chrome'] },
]

/**
 * Installs packages without their services: the tests start a Redis of their own, and none is to
 * run beside it, now or after the next boot.
 */
const INSTALL = `
set -e
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\\nexit 101\\n' > "$policy"
  chmod +x "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
apt-get -q -o Acquire::Retries=3 update || true
apt-get -q -y -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 install --no-install-recommends "$@"
if command -v systemctl >/dev/null; then systemctl disable redis-server >/dev/null 2>&1 || true; fi
`

/** Makes sure that redis-server and Chromium exist, by apt where that is allowed. */
function installPrograms({ env }) {
  const missing = PROGRAMS.filter(({ names }) => !isOnPath(names, env.PATH))
  if (missing.length === 0) return
  const packages = missing.map(({ debian }) => debian)
  const manual = `apt-get update && apt-get install --no-install-recommends ${packages.join(' ')}`
  const asRoot = rootCommand()
  if (!isOnPath(['apt-get'], env.PATH) || asRoot === undefined) {
    throw new Stop(
      `the tests need ${packages.join(' and ')}, which are not on PATH. Install them as root, then ` +
        `run the tests again:\n\n  ${manual}\n`,
    )
  }
  say(`installing ${packages.join(' and ')} with apt-get`)
  const [command, ...args] = [...asRoot, '/bin/sh', '-c', INSTALL, 'install', ...packages]
  const result = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  const stillMissing = PROGRAMS.some(({ names }) => !isOnPath(names, env.PATH))
  if (result.status !== 0 || stillMissing) {
    throw new Stop(
      `apt-get could not install ${packages.join(' and ')}. Try by hand:\n\n  ${manual}\n\n` +
        `${result.stdout ?? ''}${result.stderr ?? ''}`,
    )
  }
}

function rootCommand() {
  if (process.getuid?.() === 0) return []
  const sudo = spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' })
  return sudo.status === 0 ? ['sudo', '-n'] : undefined
}

function isOnPath(names, path) {
  const folders = `${path}${delimiter}/usr/bin${delimiter}/usr/sbin`.split(delimiter)
  return folders.some((folder) => names.some((name) => isExecutable(join(folder, name))))
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

module.exports = { installPrograms }
