/** What the bot says, in each language it speaks. */
const TEXTS = {
  en: {
    welcome: 'Welcome! Open the shop to buy credits, a subscription or a mug.',
    openShop: 'Open the shop',
    invitation: 'Come to the shop with me!',
    paid: (title: string) => `Thank you! You bought: ${title}.`,
    renewed: (title: string) => `Your subscription was renewed: ${title}.`,
    refunded: (title: string) => `Refunded: ${title}.`,
  },
  ru: {
    welcome: 'Добро пожаловать! В магазине есть кредиты, подписка и кружка.',
    openShop: 'Открыть магазин',
    invitation: 'Заходи в магазин вместе со мной!',
    paid: (title: string) => `Спасибо! Вы купили: ${title}.`,
    renewed: (title: string) => `Подписка продлена: ${title}.`,
    refunded: (title: string) => `Деньги возвращены: ${title}.`,
  },
}

/** The texts of a person's language; English when theirs is not spoken. */
export function textsFor(languageCode: string | null | undefined): (typeof TEXTS)['en'] {
  return languageCode?.startsWith('ru') ? TEXTS.ru : TEXTS.en
}
