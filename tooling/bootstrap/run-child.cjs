'use strict'

const { spawn } = require('node:child_process')
const { constants } = require('node:os')

const PARENT_CHECK_MS = 1000

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
    const forward = (signal) => child.kill(signal)
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, forward)
    const watch = watchParent(() => child.kill('SIGTERM'))
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

/** Under npm, which may be killed and cannot say so then: notice by the change of our parent. */
function watchParent(onGone) {
  const parent = process.ppid
  const isUnderNpm = process.env.npm_lifecycle_event !== undefined
  return setInterval(() => {
    if (isUnderNpm && process.ppid !== parent) onGone()
  }, PARENT_CHECK_MS)
}

module.exports = { runChild }
