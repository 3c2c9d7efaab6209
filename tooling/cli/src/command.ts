import { parseArgs } from 'node:util'
import { idSchema } from '@gramkit/core/kernel'
import { WrongUsage } from './failures.ts'

/** 0: all is well. 1: a problem was found. 2: wrong usage. */
export type ExitCode = 0 | 1 | 2

/** One command of the command line, described well enough to print its help. */
export interface Command {
  /** One word, or two for a command of a family such as `jobs retry`. */
  readonly name: string
  readonly summary: string
  /** What must follow the name, and what it is. */
  readonly argument?: { readonly name: string; readonly about: string; readonly isOptional?: true }
  readonly options?: Readonly<Record<string, Option>>
  /** Variables the command reads, and what they are. */
  readonly environment?: Readonly<Record<string, string>>
  /** Sentences below everything else. */
  readonly notes?: readonly string[]
  run(call: Call): Promise<ExitCode>
}

/** An option; one with a `value` takes a text, any other is on or off. */
export interface Option {
  readonly value?: string
  readonly about: string
}

/** The environment as a process gets it. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Where a command reads from and writes to. */
export interface Surroundings {
  readonly env: Environment
  /** Results, for people or for the next program. */
  say(line: string): void
  /** What goes on meanwhile, for people. */
  tell(line: string): void
}

/** A command as it was called. */
export interface Call extends Surroundings {
  readonly argument: string | undefined
  readonly flags: ReadonlySet<string>
  readonly texts: ReadonlyMap<string, string>
}

/** The option of commands that have to know the app. */
export const APP_OPTION: Option = {
  value: 'module',
  about: 'Package or file that exports the app as gramkitApp. [GRAMKIT_APP]',
}

/** The same for commands that can do without it. */
export const APP_IF_ANY_OPTION: Option = {
  ...APP_OPTION,
  about: `${APP_OPTION.about.slice(0, -1)}; core alone]`,
}

const COMMON_OPTIONS: Readonly<Record<string, Option>> = {
  'env-file': { value: 'file', about: 'Read variables from this file; those already set win.' },
  help: { about: 'Print this.' },
}

/**
 * Reads what follows a command's name.
 *
 * @throws {@link WrongUsage}
 */
export function readCall(
  command: Command,
  args: readonly string[],
): Pick<Call, 'argument' | 'flags' | 'texts'> {
  const known = { ...command.options, ...COMMON_OPTIONS }
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      Object.entries(known).map(([name, { value }]) => [
        name,
        { type: value ? ('string' as const) : ('boolean' as const) },
      ]),
    ),
    strict: false,
    tokens: true,
  })
  const flags = new Set<string>()
  const texts = new Map<string, string>()
  const positionals: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value)
    if (token.kind !== 'option') continue
    const name = token.rawName === '-h' ? 'help' : token.name
    const option = token.rawName.startsWith('--') || name === 'help' ? known[name] : undefined
    if (!option) throw new WrongUsage(`There is no option ${token.rawName}.`)
    if (option.value && !token.value) {
      throw new WrongUsage(
        `The option ${token.rawName} needs a value: ${token.rawName} <${option.value}>.`,
      )
    }
    if (!option.value && token.value !== undefined) {
      throw new WrongUsage(`The option ${token.rawName} takes no value.`)
    }
    if (token.value) texts.set(name, token.value)
    else flags.add(name)
  }
  const [argument, ...more] = positionals
  const unexpected = command.argument ? more[0] : argument
  if (flags.has('help')) return { argument, flags, texts }
  if (unexpected !== undefined) {
    throw new WrongUsage(`${JSON.stringify(unexpected)} is one word too many.`)
  }
  if (command.argument && !command.argument.isOptional && argument === undefined) {
    throw new WrongUsage(`<${command.argument.name}> is missing.`)
  }
  return { argument, flags, texts }
}

/**
 * Reads an argument that is an id.
 *
 * @throws {@link WrongUsage}
 */
export function readId(text: string | undefined): string {
  const id = idSchema.safeParse(text)
  if (!id.success) throw new WrongUsage(`${JSON.stringify(text ?? '')} is no id.`)
  return id.data
}

/** The help of one command. */
export function helpOf(command: Command): string {
  const { name, summary, argument, options = {}, environment = {}, notes = [] } = command
  const argumentText =
    argument && (argument.isOptional ? `[${argument.name}]` : `<${argument.name}>`)
  const optionRows = Object.entries({ ...options, ...COMMON_OPTIONS }).map(
    ([option, { value, about }]) => [`--${option}${value ? ` <${value}>` : ''}`, about] as const,
  )
  return [
    summary,
    '',
    `Usage: ${['gramkit', name, argumentText, '[options]'].filter(Boolean).join(' ')}`,
    ...(argument ? ['', ...table([[argumentText ?? '', argument.about]])] : []),
    ...section('Options:', optionRows),
    ...section('Environment:', Object.entries(environment)),
    ...(notes.length > 0 ? ['', ...notes] : []),
  ].join('\n')
}

/** The help of several commands: all, or a family. */
export function helpOfAll(commands: readonly Command[], family = ''): string {
  const rows = commands.map(({ name, summary, argument }) => {
    const text = argument && (argument.isOptional ? ` [${argument.name}]` : ` <${argument.name}>`)
    return [`${family ? name.slice(family.length + 1) : name}${text ?? ''}`, summary] as const
  })
  return [
    `Usage: gramkit ${family ? `${family} ` : ''}<command> [options]`,
    ...section('Commands:', rows),
    '',
    'gramkit <command> --help tells more about one. The exit code is 0 when all is well, 1 when a',
    'problem was found, and 2 when the command was called wrongly.',
  ].join('\n')
}

function section(title: string, rows: readonly (readonly [string, string])[]): string[] {
  return rows.length > 0 ? ['', title, ...table(rows)] : []
}

/** Lines of two columns, the first as wide as its widest text. */
function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}   ${right}`)
}
