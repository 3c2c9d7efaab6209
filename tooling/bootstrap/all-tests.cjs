'use strict'

/**
 * Every check there is, one after another, Vitest last: `pnpm run all-tests`.
 *
 * A step that fails does not hide the next ones. `all-tests.cjs static` leaves Vitest out. The totals
 * go to `test-results/totals.json`, where a failed step counts as one failed test.
 */
const { spawn } = require('node:child_process')
const { mkdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs')
const { constants } = require('node:os')
const { join } = require('node:path')
const { say } = require('./say.cjs')

const root = join(__dirname, '..', '..')
const results = join(root, 'test-results')
const vitestJson = join(results, 'vitest.json')

const color = process.stdout.isTTY ? 'force' : 'off'
const inCore = 'pnpm --filter @gramkit/core exec'
const STATIC = [
  [
    'types and builds',
    'turbo run typecheck //#typecheck:root build --continue --output-logs=errors-only',
  ],
  ['format and lint', `biome ci --error-on-warnings --colors=${color}`],
  ['unused code', 'knip'],
  ['package of core', `${inCore} publint --strict`],
  ['types of the package', `${inCore} attw --pack . --profile esm-only --quiet`],
]
const VITEST = [
  'tests',
  'vitest run --reporter=default --reporter=json --outputFile.json=test-results/vitest.json',
]

let current
let stoppedBy

async function main([only]) {
  const began = Date.now()
  rmSync(results, { recursive: true, force: true })
  mkdirSync(results, { recursive: true })
  const failed = []
  for (const [name, command] of only === 'static' ? STATIC : [...STATIC, VITEST]) {
    if (stoppedBy !== undefined) break
    say(name)
    const isGood = (await run(command)) === 0
    if (!isGood) failed.push(name)
  }
  const totals = count(failed)
  writeFileSync(join(results, 'totals.json'), JSON.stringify(totals))
  const seconds = Math.round((Date.now() - began) / 1000)
  say(failed.length === 0 ? `all checks passed in ${seconds} s` : `failed: ${failed.join(', ')}`)
  if (stoppedBy !== undefined) return 128 + constants.signals[stoppedBy]
  return failed.length === 0 ? 0 : 1
}

function run(line) {
  const [command, ...args] = line.split(' ')
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...QUIET },
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    current = child
    child.once('error', (error) => {
      say(error.message)
      resolve(1)
    })
    child.once('exit', (code) => resolve(code ?? 1))
  })
}

const COLORS = process.stdout.isTTY ? {} : { NO_COLOR: '1' }
const QUIET = {
  ...COLORS,
  TURBO_TELEMETRY_DISABLED: '1',
  TURBO_NO_UPDATE_NOTIFIER: '1',
  DO_NOT_TRACK: '1',
}

/** Vitest's own totals; a step that failed otherwise counts as one failure. */
function count(failedSteps) {
  const otherSteps = failedSteps.filter((name) => name !== VITEST[0]).length
  try {
    const json = JSON.parse(readFileSync(vitestJson, 'utf8'))
    const brokenFiles = json.testResults.filter(
      (file) =>
        file.status === 'failed' && file.assertionResults.every((t) => t.status !== 'failed'),
    ).length
    const isOtherwiseBroken =
      failedSteps.includes(VITEST[0]) && json.numFailedTests + brokenFiles === 0 ? 1 : 0
    return {
      passed: json.numPassedTests,
      failed: json.numFailedTests + brokenFiles + otherSteps + isOtherwiseBroken,
    }
  } catch {
    return { passed: 0, failed: Math.max(1, failedSteps.length) }
  }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    stoppedBy = signal
    current?.kill(signal)
  })
}

main(process.argv.slice(2)).then((code) => process.exit(code))
