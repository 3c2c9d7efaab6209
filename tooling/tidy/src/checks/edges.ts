import { type ImportEdge, importsOf } from '../imports.ts'
import { type Check, isTest, type Problem, sourcesIn } from '../tree.ts'

/**
 * Features from the ground up, level by level. A feature may know those of lower levels, and acts on
 * others through its scope or by events.
 */
const LEVELS = [
  ['audit'],
  ['users'],
  ['balance', 'groups', 'friendships', 'notifications'],
  ['quality'],
  ['invites', 'payments'],
  ['waitlist', 'subscriptions'],
  ['referrals'],
  ['billing'],
] as const

/** Which parts of the platform a file of a feature may use, by the role in its name. */
const PLATFORM_FOR: Readonly<Record<string, readonly string[]>> = {
  noun: ['settings'],
  errors: [],
  events: ['outbox'],
  table: ['database'],
  repository: ['database'],
  service: [
    ...['database', 'outbox', 'jobs', 'config', 'limits', 'mail', 'bus', 'settings', 'webhooks'],
  ],
  scope: ['database', 'outbox', 'jobs', 'limits', 'mail', 'bus', 'settings', 'webhooks'],
  fulfilment: ['database', 'outbox', 'jobs'],
  jobs: ['database', 'outbox', 'jobs', 'inbox', 'limits', 'mail', 'bus', 'settings'],
  http: ['http', 'database', 'config', 'telegram', 'limits'],
  bot: ['bot', 'telegram', 'database', 'limits'],
  gateways: ['database', 'http', 'inbox', 'jobs', 'telegram', 'config', 'log', 'webhooks'],
}

/** Libraries of outside services, each with the only places of core that may import it. */
const SDK_PLACES: Readonly<Record<string, RegExp>> = {
  grammy: /\/(gateways|channels)\/|\.bot\.ts$|^core\/src\/(platform\/telegram\/|bot\.ts$)/,
  bullmq: /^core\/src\/platform\/jobs\/(bullmq|redis)/,
  ioredis: /^core\/src\/platform\/(jobs\/(bullmq|redis)|bus\/redis)/,
  nodemailer: /^core\/src\/platform\/mail\//,
  '@node-rs/argon2': /^core\/src\/features\/users\/passwords\//,
  stripe: /\/gateways\//,
  axios: /\/gateways\//,
  '@yookassa/sdk': /\/gateways\//,
  pdfkit: /\/printers\//,
  piscina: /\/printers\//,
  pg: /^core\/src\/platform\/(database|jobs)\//,
  postgres: /^core\/src\/platform\/database\//,
}

type Area =
  | { readonly kind: 'kernel' | 'root' | 'testing' | 'outside' }
  | { readonly kind: 'platform'; readonly part: string }
  | { readonly kind: 'feature'; readonly name: string; readonly role: string }

/** Every import in core goes where the table of the architecture allows. */
export const checkEdges: Check = (files) =>
  coreSources(files)
    .flatMap((file) => importsOf(file))
    .flatMap((edge) => {
      const reason = refusal(edge)
      return reason === undefined ? [] : [{ path: edge.from, line: edge.line, message: reason }]
    })

/** Apps and tools take core by its package exports, and core takes no app. */
export const checkPackageBorders: Check = (files) =>
  sourcesIn(files)
    .flatMap((file) => importsOf(file))
    .flatMap(({ from, line, specifier, target }): readonly Problem[] => {
      const home = packageOf(from)
      if (target !== undefined && packageOf(target) !== home) {
        return [{ path: from, line, message: `${specifier} leaves the package: import it by name` }]
      }
      const isApp = /^@gramkit\/(?!core\b|services\b|sandbox\b|typescript\b)/.test(specifier)
      // Its examples take core by its name, as an app does.
      const isCore = home === 'core' && !from.startsWith('core/examples/')
      if (isCore && (isApp || (!isTest(from) && specifier.startsWith('@gramkit/')))) {
        return [{ path: from, line, message: `core never imports ${specifier}` }]
      }
      return []
    })

/** How many files and imports of core the edge check sees. */
export function countEdges(files: Parameters<Check>[0]): { files: number; imports: number } {
  const sources = coreSources(files)
  return {
    files: sources.length,
    imports: sources.reduce((sum, file) => sum + importsOf(file).length, 0),
  }
}

function coreSources(files: Parameters<Check>[0]): Parameters<Check>[0] {
  return sourcesIn(files).filter(({ path }) => path.startsWith('core/src/') && !isTest(path))
}

function refusal({ from, specifier, target, isTypeOnly }: ImportEdge): string | undefined {
  const source = areaOf(from)
  if (target === undefined) return refusedPackage(from, source, specifier, isTypeOnly)
  const aim = areaOf(target)
  if (aim.kind === 'kernel') return undefined
  switch (source.kind) {
    case 'kernel':
      return `the kernel imports only the kernel, not ${target}`
    case 'platform':
      return aim.kind === 'platform' ? undefined : `the platform does not know ${target}`
    case 'feature':
      return refusedToFeature(source, aim, { target, isTypeOnly })
    default:
      return aim.kind === 'testing' && source.kind !== 'testing'
        ? 'testing is for tests only'
        : undefined
  }
}

function refusedToFeature(
  source: Extract<Area, { kind: 'feature' }>,
  aim: Area,
  { target, isTypeOnly }: { readonly target: string; readonly isTypeOnly: boolean },
): string | undefined {
  if (aim.kind === 'platform') {
    if (isTypeOnly || source.role === 'index') return undefined
    const allowed = PLATFORM_FOR[source.role] ?? []
    if (allowed.includes(aim.part)) return undefined
    return `a ${source.role} file may not use platform/${aim.part}`
  }
  if (aim.kind !== 'feature') return `a feature takes ${target} from its scope, not by import`
  if (aim.name === source.name) return undefined
  if (!isBelow(aim.name, source.name)) {
    return `${source.name} may not know ${aim.name}: act through the scope or by an event`
  }
  const isTableReference = source.role === 'table' && ['table', 'index'].includes(aim.role)
  if (isTableReference) return undefined
  if (aim.role !== 'index') return `import ${aim.name} by its index.ts, the rest is its own`
  return isTypeOnly ? undefined : `only types come from another feature (import type)`
}

function refusedPackage(
  from: string,
  source: Area,
  specifier: string,
  isTypeOnly: boolean,
): string | undefined {
  const name = /^(@[^/]+\/[^/]+|[^/]+)/.exec(specifier)?.[1] ?? specifier
  const places = SDK_PLACES[name]
  if (places !== undefined && !places.test(from)) {
    return `${name} is imported by its adapters only`
  }
  if (source.kind === 'kernel' && /^node:(?!(?:crypto|url)$)/.test(specifier)) {
    return `the kernel does no I/O: ${specifier}`
  }
  const isSql = name === 'drizzle-orm' && source.kind === 'feature' && !isTypeOnly
  if (isSql && !['table', 'repository'].includes(source.role)) {
    return 'SQL belongs in a repository'
  }
  return undefined
}

function areaOf(path: string): Area {
  const match = /^core\/src\/(kernel|platform|testing|features)\/([^/]+)\/?(.*)$/.exec(path)
  if (match === null) return { kind: path.startsWith('core/src/') ? 'root' : 'outside' }
  const [, folder, part = '', rest = ''] = match
  if (folder === 'kernel' || folder === 'testing') return { kind: folder }
  if (folder === 'platform') return { kind: 'platform', part }
  return { kind: 'feature', name: part, role: roleOf(rest) }
}

function roleOf(path: string): string {
  if (/^(gateways|providers|channels)\//.test(path)) return 'gateways'
  const file = path.slice(path.lastIndexOf('/') + 1).replace(/\.tsx?$/, '')
  if (file === 'index') return 'index'
  const dot = file.lastIndexOf('.')
  return dot === -1 ? 'noun' : file.slice(dot + 1)
}

function isBelow(lower: string, upper: string): boolean {
  const level = (name: string): number =>
    LEVELS.findIndex((names) => names.some((other) => other === name))
  return level(lower) !== -1 && level(lower) < level(upper)
}

function packageOf(path: string): string {
  const match = /^(core|docs|tooling\/[^/]+|apps\/[^/]+\/[^/]+)\//.exec(path)
  return match?.[1] ?? ''
}
