import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { DevError } from './dev-error.ts'

const OWN_SOURCES = ['src/**/*', 'public/**/*', '*.{html,json,ts}']
/** What the apps' frontends have in common goes into each build. */
const SHARED_SOURCES = '../../shared/*/src/**/*'

/** Builds the frontend unless its build is of these very sources. */
export async function buildFrontend(distFolder: string): Promise<void> {
  const folder = dirname(distFolder)
  const stamp = join(distFolder, '.built-from')
  const sources = fingerprint(folder)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return
  await runVite(folder)
  writeFileSync(stamp, sources)
}

function fingerprint(folder: string): string {
  const hash = createHash('sha256')
  const files = globSync([...OWN_SOURCES, SHARED_SOURCES], { cwd: folder, withFileTypes: true })
  const paths = files.filter((entry) => entry.isFile()).map((e) => join(e.parentPath, e.name))
  for (const path of paths.sort()) hash.update(relative(folder, path)).update(readFileSync(path))
  return hash.digest('hex')
}

async function runVite(folder: string): Promise<void> {
  const vite = join(
    dirname(createRequire(join(folder, 'package.json')).resolve('vite/package.json')),
    'bin/vite.js',
  )
  const child = spawn(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
  }
  const code = await new Promise((resolve) => child.once('close', resolve))
  if (code !== 0) throw new DevError(`The Mini App could not be built:\n${output}`)
}
