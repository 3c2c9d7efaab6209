import type { InitDataSigner } from './init-data.ts'

/** How people prove who they are. */
export interface IdentitySettings {
  /** Token of the bot that opens the Mini App; without it only guests can log in. */
  readonly botToken?: string | undefined
  /** Proves who opened the Mini App where there is no bot token. [nobody is known by Telegram] */
  readonly initDataSigner?: InitDataSigner | undefined
  /** Oldest init data that logs somebody in. [86 400] */
  readonly initDataMaxAgeSeconds?: number | undefined
  /** Secret from which the digits of mailed codes follow; without it nobody logs in by e-mail. */
  readonly codeSecret?: string | undefined
  /** Telegram ids of who owns the app. [nobody] */
  readonly ownerTelegramIds?: readonly bigint[] | undefined
}
