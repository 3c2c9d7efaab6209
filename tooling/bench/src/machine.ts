import { readFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { z } from 'zod'

/** Names the processor and the version of Node that figures were taken with. */
export function describeMachine(): string {
  return `${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.version}`
}

/** How busy the machine is, with whatever else runs on it: the load of the last minute. */
export function loadNow(): number {
  return loadavg()[0] ?? Number.NaN
}

const packageSchema = z.object({
  version: z.string().optional(),
  dependencies: z.record(z.string(), z.string()).optional(),
  devDependencies: z.record(z.string(), z.string()).optional(),
})

/** The versions of both sides: what this package depends on, as it is installed. */
export function installedVersions(): Readonly<Record<string, string>> {
  const read = (path: string) =>
    packageSchema.parse(JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')))
  const { dependencies, devDependencies } = read('../package.json')
  const names = Object.keys({ ...dependencies, ...devDependencies })
  return Object.fromEntries(
    names.map((name) => [
      name,
      read(`../node_modules/${name}/package.json`).version ?? 'workspace',
    ]),
  )
}
