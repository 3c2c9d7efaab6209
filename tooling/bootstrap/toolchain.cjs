'use strict'

const { spawnSync } = require('node:child_process')
const { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { delimiter, dirname, join } = require('node:path')
const { say, Stop } = require('./say.cjs')

const root = join(__dirname, '..', '..')
const home = join(root, '.toolchain')

/** Installed when the machine's Node cannot run TypeScript by itself. */
const NODE_VERSION = '24.21.0'
/** The first Node 22 that runs TypeScript without a flag. */
const NODE_MIN = [22, 18]
const PNPM_VERSION = packageManagerVersion()

/**
 * Finds Node and pnpm, installing what is missing into `.toolchain/` and nowhere else.
 *
 * Returns the environment for everything that follows: the right Node and pnpm come first on PATH.
 */
function prepareToolchain() {
  const wanted = []
  if (!isNodeRecent(process.versions.node)) wanted.push('node')
  if (pnpmOnPath() !== PNPM_VERSION) wanted.push('pnpm')
  const folders = []
  if (wanted.includes('node')) {
    folders.push(dirname(installed(nodePackage(), `node-${NODE_VERSION}`, 'bin/node')))
  } else {
    folders.push(dirname(process.execPath))
  }
  if (wanted.includes('pnpm')) {
    const file = installed(`pnpm@${PNPM_VERSION}`, `pnpm-${PNPM_VERSION}`, 'bin/pnpm.mjs')
    folders.push(join(dirname(file), '..', '..', '.bin'))
  }
  folders.push(join(root, 'node_modules', '.bin'))
  const node = join(folders[0], process.platform === 'win32' ? 'node.exe' : 'node')
  const env = { ...withoutNpm(process.env), PATH: [...folders, process.env.PATH].join(delimiter) }
  return { node, env }
}

/** Removes what npm tells its scripts about itself, and leaves the settings of its user. */
function withoutNpm(env) {
  const ofNpm =
    /^npm_(lifecycle_|package_|command$|execpath$|node_execpath$|config_(local_|global_)?prefix$|config_user_agent$)/
  return Object.fromEntries(Object.entries(env).filter(([name]) => !ofNpm.test(name)))
}

function isNodeRecent(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1])
}

function pnpmOnPath() {
  // Asked outside the project, where pnpm does not first fetch the version the project names.
  const answer = spawnSync('pnpm', ['--version'], {
    cwd: tmpdir(),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 10_000,
    env: { ...process.env, COREPACK_ENABLE_NETWORK: '0', COREPACK_ENABLE_DOWNLOAD_PROMPT: '0' },
  })
  return answer.status === 0 ? answer.stdout.trim() : undefined
}

/** On Linux the package that holds the program itself, which needs no install script. */
function nodePackage() {
  const isPlain = process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch)
  return isPlain ? `node-linux-${process.arch}@${NODE_VERSION}` : `node@${NODE_VERSION}`
}

/** Installs a package from npm into its own folder, once, and returns one of its files. */
function installed(spec, folder, file) {
  const name = spec.slice(0, spec.lastIndexOf('@'))
  const target = join(home, folder)
  const found = join(target, 'node_modules', name, file)
  if (existsSync(found)) return found
  say(`installing ${spec} into .toolchain/ (only once)`)
  const fresh = join(home, `new-${process.pid}`)
  for (const attempt of [1, 2]) {
    rmSync(fresh, { recursive: true, force: true })
    mkdirSync(fresh, { recursive: true })
    const result = npmInstall(fresh, spec)
    if (result.status === 0 && existsSync(join(fresh, 'node_modules', name, file))) break
    if (attempt === 2) {
      rmSync(fresh, { recursive: true, force: true })
      throw new Stop(
        `npm could not install ${spec}. Check the network and npm's registry setting ` +
          `("npm config get registry"), then run the command again.\n${result.output}`,
      )
    }
    say(`npm failed, trying once more`)
  }
  rmSync(target, { recursive: true, force: true })
  renameSync(fresh, target)
  removeOthers(folder)
  return found
}

function npmInstall(folder, spec) {
  const args = ['install', '--prefix', folder, '--no-save', '--no-package-lock', '--global=false']
  args.push('--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error', spec)
  const self = process.env.npm_execpath
  const isNpm = self !== undefined && /npm-cli\.c?js$/.test(self)
  const result = isNpm
    ? spawnSync(process.execPath, [self, ...args], { cwd: folder, encoding: 'utf8' })
    : spawnSync('npm', args, { cwd: folder, encoding: 'utf8', shell: process.platform === 'win32' })
  const output = [result.error?.message, result.stdout, result.stderr].filter(Boolean).join('\n')
  return { status: result.status, output }
}

/** Removes versions that an earlier checkout used. */
function removeOthers(folder) {
  const kind = folder.split('-')[0]
  for (const other of readdirSync(home)) {
    if (other.startsWith(`${kind}-`) && other !== folder) {
      rmSync(join(home, other), { recursive: true, force: true })
    }
  }
}

function packageManagerVersion() {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return packageManager.replace(/^pnpm@/, '').replace(/\+.*$/, '')
}

module.exports = { isNodeRecent, prepareToolchain, root }
