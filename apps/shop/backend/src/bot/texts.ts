/** What the shop's bot says, in each language it speaks. */
export const BOT_TEXTS = {
  en: {
    welcome: 'Welcome! Open the shop to buy credits, a subscription or a mug.',
    openShop: 'Open the shop',
    invitation: 'Come to the shop with me!',
  },
  ru: {
    welcome: 'Добро пожаловать! В магазине есть кредиты, подписка и кружка.',
    openShop: 'Открыть магазин',
    invitation: 'Заходи в магазин вместе со мной!',
  },
}
