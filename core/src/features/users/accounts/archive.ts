import { strToU8, zipSync } from 'fflate'
import { languageOf, type Reader } from '../../../kernel/index.ts'

/** What somebody reads first when they open what is kept of them. */
const README = {
  en: (
    names: readonly string[],
    madeAt: string,
  ) => `This is everything that we keep about you, as of ${madeAt}.

Each file is JSON, which any text editor opens:
${names.map((name) => `- ${name}`).join('\n')}

Amounts are in the smallest unit of their currency: kopecks, or whole Stars.
Instants are in universal time (UTC).
Left out are secrets such as the hashes that your logins are recognised by.
`,
  ru: (
    names: readonly string[],
    madeAt: string,
  ) => `Здесь всё, что мы о вас храним, по состоянию на ${madeAt}.

Каждый файл — это JSON, его откроет любой текстовый редактор:
${names.map((name) => `- ${name}`).join('\n')}

Суммы указаны в наименьших единицах валюты: в копейках или целых звёздах.
Время указано всемирное (UTC).
Не включены секреты, например хеши, по которым узнаются ваши входы.
`,
}

/** Writes what is kept of a person as a zip: a JSON file for each part and a README. */
export function archiveOf(
  files: readonly (readonly [name: string, content: unknown])[],
  { reader, madeAt }: { readonly reader: Reader; readonly madeAt: Date },
): Uint8Array {
  const written = files
    .filter(([, content]) => Object.keys(Object(content)).length > 0)
    .map(([name, content]) => [`${name}.json`, strToU8(`${jsonOf(content)}\n`)] as const)
  const names = written.map(([name]) => name)
  const readme = README[languageOf(reader)](names, madeAt.toISOString())
  return zipSync(
    { 'README.txt': strToU8(readme), ...Object.fromEntries(written) },
    { mtime: madeAt },
  )
}

function jsonOf(content: unknown): string {
  const readable = (_key: string, value: unknown): unknown =>
    typeof value === 'bigint' ? value.toString() : value
  return JSON.stringify(content, readable, 2)
}
