import { type Context, GrammyError, type InlineKeyboard } from 'grammy'

/** What is shown in place of a message whose button was pressed. */
export interface PressAnswer {
  readonly text: string
  readonly keyboard?: InlineKeyboard
}

/**
 * Ends the press of a button, and shows what came of it in place of the message. An update may be
 * handled again: then the message reads like that already, or the press is too old to be ended.
 */
export async function answerPress(context: Context, answer?: PressAnswer): Promise<void> {
  if (answer) {
    const { text, keyboard } = answer
    const options = keyboard ? { reply_markup: keyboard } : {}
    await unless('not modified', () => context.editMessageText(text, options))
  }
  await unless('query is too old', () => context.answerCallbackQuery())
}

async function unless(refusal: string, call: () => Promise<unknown>): Promise<void> {
  try {
    await call()
  } catch (error) {
    if (!(error instanceof GrammyError && error.description.includes(refusal))) throw error
  }
}
