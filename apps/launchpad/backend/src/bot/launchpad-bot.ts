import {
  type BotCommands,
  type BotContext,
  HELP_COMMAND,
  helpComposer,
  loginLinkComposer,
  OWNER_COMMANDS,
  ownerComposer,
  reachComposer,
  SETTINGS_COMMAND,
  START_COMMAND,
  settingsComposer,
  startComposer,
} from '@gramkit/core/bot'
import type { Composer } from 'grammy'
import type { LaunchpadServices } from '../services.ts'
import { joinComposer, PLACE_COMMAND } from './join.bot.ts'
import { BOT_TEXTS } from './texts.ts'

const { en, ru } = BOT_TEXTS

/** What the launchpad's bot can be told to do. */
export const LAUNCHPAD_COMMANDS: Pick<BotCommands, 'commands' | 'ownerCommands'> = {
  commands: [
    { ...START_COMMAND, description: { en: en.openPage, ru: ru.openPage } },
    PLACE_COMMAND,
    SETTINGS_COMMAND,
    HELP_COMMAND,
  ],
  ownerCommands: OWNER_COMMANDS,
}

/** The launchpad's bot: the kit's commands with the launchpad's words. */
export function launchpadComposers(
  services: LaunchpadServices,
  { pageUrl }: { readonly pageUrl: string },
): readonly Composer<BotContext>[] {
  return [
    reachComposer(services),
    loginLinkComposer(services),
    joinComposer(services, { pageUrl }),
    startComposer(services, {
      welcome: { en: en.welcome, ru: ru.welcome },
      miniApp: { url: pageUrl, button: { en: en.openPage, ru: ru.openPage } },
    }),
    settingsComposer(services),
    ownerComposer(services),
    helpComposer(services, LAUNCHPAD_COMMANDS),
  ]
}
