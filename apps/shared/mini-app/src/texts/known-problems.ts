import type { ProblemTexts } from './problem-text.ts'

/** What people read for failures that every app words alike. */
export const knownProblems: ProblemTexts = {
  'email.address_invalid': {
    en: 'This is no e-mail address. Check it for mistakes.',
    ru: 'Это не адрес электронной почты. Проверьте, нет ли опечатки.',
  },
  'email.code_gone': {
    en: 'This code is no longer good. Ask for a new one.',
    ru: 'Этот код больше не действует. Запросите новый.',
  },
  'email.code_wrong': {
    en: 'This is not the code. Look at the newest mail.',
    ru: 'Код не тот. Посмотрите в последнем письме.',
  },
  'http.internal': {
    en: 'Something broke on our side. Try again later.',
    ru: 'У нас что-то сломалось. Попробуйте позже.',
  },
  'http.too_many_requests': {
    en: 'Too many requests. Wait a little.',
    ru: 'Слишком много запросов. Подождите немного.',
  },
  'limits.too_many_tries': {
    en: 'That was too often. Try again later.',
    ru: 'Слишком часто. Попробуйте позже.',
  },
}
