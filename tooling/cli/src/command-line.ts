import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import {
  type Command,
  type ExitCode,
  helpOf,
  helpOfAll,
  readCall,
  type Surroundings,
} from './command.ts'
import { COMMANDS } from './commands.ts'
import { explain, WrongUsage } from './failures.ts'
import { mark } from './screen.ts'

/** Runs what the words after `gramkit` ask for, and gives the exit code. */
export async function runCommandLine(
  words: readonly string[],
  surroundings: Surroundings,
): Promise<ExitCode> {
  const { say, tell } = surroundings
  const command = findCommand(words)
  if (!command) return runHelp(words, surroundings)
  try {
    const call = readCall(command, words.slice(command.name.split(' ').length))
    if (call.flags.has('help')) {
      say(helpOf(command))
      return 0
    }
    const env = withEnvFile(surroundings.env, call.texts.get('env-file'))
    return await command.run({ ...surroundings, ...call, env })
  } catch (error) {
    if (error instanceof WrongUsage) {
      tell(`${error.message}\nSee gramkit ${command.name} --help`)
      return 2
    }
    tell(`${mark('problem')} ${explain(error)}`)
    return 1
  }
}

function findCommand(words: readonly string[]): Command | undefined {
  return COMMANDS.find(({ name }) => {
    const parts = name.split(' ')
    return parts.every((part, index) => part === words[index])
  })
}

function runHelp(words: readonly string[], { say, tell }: Surroundings): ExitCode {
  const [first] = words
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    say(helpOfAll(COMMANDS))
    return 0
  }
  const family = COMMANDS.filter(({ name }) => name.startsWith(`${first} `))
  if (family.length === 0) {
    const what = first.startsWith('-') ? 'option' : 'command'
    tell(`There is no ${what} ${JSON.stringify(first)}.\n\n${helpOfAll(COMMANDS)}`)
    return 2
  }
  const second = words[1]
  if (second === '--help' || second === '-h') {
    say(helpOfAll(family, first))
    return 0
  }
  const problem = second === undefined ? 'needs one more word' : `has no ${JSON.stringify(second)}`
  tell(`gramkit ${first} ${problem}.\n\n${helpOfAll(family, first)}`)
  return 2
}

function withEnvFile(env: Surroundings['env'], file: string | undefined): Surroundings['env'] {
  if (file === undefined) return env
  try {
    return { ...parseEnv(readFileSync(file, 'utf8')), ...env }
  } catch (error) {
    throw new WrongUsage(`${file} cannot be read: ${explain(error)}`)
  }
}
