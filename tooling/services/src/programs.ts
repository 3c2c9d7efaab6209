import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Finds a program on PATH; undefined when it is not there. */
export function findProgram(...names: readonly string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  for (const name of names) {
    for (const folder of folders) {
      const file = join(folder, name)
      if (isExecutable(file)) return file
    }
  }
  return undefined
}

/** Finds redis-server on PATH; undefined when it is not there. */
export function findRedis(): string | undefined {
  return findProgram('redis-server')
}

/** Finds Chromium or Chrome; undefined when neither is there. */
export function findChromium(): string | undefined {
  const onPath = findProgram('chromium', 'chromium-browser', 'google-chrome')
  if (onPath !== undefined) return onPath
  return isExecutable('/usr/bin/chromium') ? '/usr/bin/chromium' : undefined
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
