import type { Language } from '../../../kernel/index.ts'
import type { EmailCode } from './email.ts'

interface Letter {
  readonly subject: string
  readonly text: string
}

const digits = (code: string): string => `${code.slice(0, 3)} ${code.slice(3)}`

const LETTERS: Readonly<Record<Language, Readonly<Record<EmailCode['purpose'], Letter>>>> = {
  en: {
    login: {
      subject: 'Your code to log in',
      text: `Your code to log in: {code}

It works once, for 10 minutes. Nobody of us ever asks you for it. If you did not want to log in, do
nothing: without the code nobody can.`,
    },
    connect: {
      subject: 'Your code to add this address',
      text: `Your code to add this address to your account: {code}

It works once, for 10 minutes. Nobody of us ever asks you for it. If you did not ask for it, do
nothing: without the code nothing is added.`,
    },
  },
  ru: {
    login: {
      subject: 'Код для входа',
      text: `Ваш код для входа: {code}

Он сработает один раз в течение 10 минут. Мы никогда не спрашиваем его. Если вы не собирались
входить, ничего не делайте: без кода войти нельзя.`,
    },
    connect: {
      subject: 'Код, чтобы добавить этот адрес',
      text: `Ваш код, чтобы добавить этот адрес к аккаунту: {code}

Он сработает один раз в течение 10 минут. Мы никогда не спрашиваем его. Если вы этого не просили,
ничего не делайте: без кода ничего не изменится.`,
    },
  },
}

/** What the mail with a code says. */
export function letterFor(
  { language, purpose }: Pick<EmailCode, 'language' | 'purpose'>,
  code: string,
): Letter {
  const { subject, text } = LETTERS[language][purpose]
  return { subject, text: text.replace('{code}', digits(code)) }
}
