/** What the launchpad's bot says, in each language it speaks. */
export const BOT_TEXTS = {
  en: {
    welcome: 'Welcome! Places are given out by invitation: join the waitlist, and see yours.',
    openPage: 'Open the waitlist',
  },
  ru: {
    welcome:
      'Добро пожаловать! Места раздаются по приглашениям: встаньте в очередь и следите за ней.',
    openPage: 'Открыть очередь',
  },
}
