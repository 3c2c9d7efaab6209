import type { BotContext } from '@gramkit/core/bot'
import { Composer, InlineKeyboard } from 'grammy'
import { textsFor } from './texts.ts'

/** What the shop's bot says by itself; payments are the kit's. */
export function shopComposer(miniAppUrl: string): Composer<BotContext> {
  const composer = new Composer<BotContext>()
  composer.command('start', async (context) => {
    const texts = textsFor(context.from?.language_code)
    await context.reply(texts.welcome, {
      reply_markup: new InlineKeyboard().webApp(texts.openShop, miniAppUrl),
    })
  })
  composer.command('help', (context) => context.reply(textsFor(context.from?.language_code).help))
  composer.on('message:text', (context) =>
    context.reply(textsFor(context.from?.language_code).unknown),
  )
  return composer
}
