'use strict'

const { spawn } = require('node:child_process')
const { readFileSync } = require('node:fs')
const { constants } = require('node:os')

const PARENT_CHECK_MS = 200
const REPEAT_MS = 500

/**
 * Runs a program in the foreground and resolves with the exit code that we should end with.
 *
 * The child has a process group of its own, so that Ctrl-C reaches it exactly once, through us; it
 * is a Node program that ends in order when we are gone (`end-with-parent.cjs`), also after SIGKILL.
 */
function runChild(command, args, { cwd, env }) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env,
      detached: process.platform !== 'win32',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    // Ctrl-C comes twice under npm: from the terminal and from npm.
    let forwardedAt = Number.NEGATIVE_INFINITY
    const forward = (signal) => {
      if (performance.now() - forwardedAt < REPEAT_MS) return
      forwardedAt = performance.now()
      child.kill(signal)
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, forward)
    const watch = watchParent(() => forward('SIGTERM'))
    child.once('error', (error) => {
      process.stderr.write(`gramkit: ${error.message}\n`)
      resolve(1)
    })
    child.once('exit', (code, signal) => {
      clearInterval(watch)
      resolve(code ?? 128 + (constants.signals[signal] ?? 0))
    })
  })
}

/**
 * Under npm, which may be killed and then cannot say so: notices that its process is gone.
 *
 * npm runs a script by a shell, which stands between us and npm unless it replaced itself.
 */
function watchParent(onGone) {
  if (process.env.npm_lifecycle_event === undefined) return undefined
  const shell = process.ppid
  const isShell = readProcess(shell, 'cmdline')?.includes('run.cjs') ?? false
  const npm = isShell ? parentOf(shell) : shell
  const watch = setInterval(() => {
    if (process.ppid === shell && (!isShell || parentOf(shell) === npm)) return
    clearInterval(watch)
    onGone()
  }, PARENT_CHECK_MS)
  return watch
}

function parentOf(pid) {
  const stat = readProcess(pid, 'stat')
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[1]
}

function readProcess(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return undefined
  }
}

module.exports = { runChild }
