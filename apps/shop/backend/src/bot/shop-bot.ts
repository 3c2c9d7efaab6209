import type { CoreServices } from '@gramkit/core'
import {
  type BotCommands,
  type BotContext,
  BROADCAST_COMMAND,
  broadcastComposer,
  HELP_COMMAND,
  helpComposer,
  INVITE_COMMAND,
  inviteComposer,
  loginLinkComposer,
  OWNER_COMMANDS,
  ownerComposer,
  PAY_SUPPORT_COMMAND,
  paySupportComposer,
  SETTINGS_COMMAND,
  START_COMMAND,
  settingsComposer,
  startComposer,
} from '@gramkit/core/bot'
import type { Composer } from 'grammy'
import { BOT_TEXTS } from './texts.ts'

const { en, ru } = BOT_TEXTS

/** What the shop's bot can be told to do. */
export const SHOP_COMMANDS: Pick<BotCommands, 'commands' | 'ownerCommands'> = {
  commands: [
    { ...START_COMMAND, description: { en: en.openShop, ru: ru.openShop } },
    INVITE_COMMAND,
    SETTINGS_COMMAND,
    PAY_SUPPORT_COMMAND,
    HELP_COMMAND,
  ],
  ownerCommands: [...OWNER_COMMANDS, BROADCAST_COMMAND],
}

/** The shop's bot: the kit's commands with the shop's words. Payments are the kit's alone. */
export function shopComposers(
  services: CoreServices,
  options: { readonly miniAppUrl: string; readonly supportContact: string },
): readonly Composer<BotContext>[] {
  return [
    loginLinkComposer(services),
    startComposer(services, {
      welcome: { en: en.welcome, ru: ru.welcome },
      miniApp: { url: options.miniAppUrl, button: { en: en.openShop, ru: ru.openShop } },
    }),
    inviteComposer(services, { message: { en: en.invitation, ru: ru.invitation } }),
    settingsComposer(services),
    paySupportComposer(services, { contact: options.supportContact }),
    ownerComposer(services),
    broadcastComposer(services),
    helpComposer(services, SHOP_COMMANDS),
  ]
}
