import { AppError } from '../../kernel/index.ts'

/** Somebody else has changed the setting since it was read. */
export class SettingConflict extends AppError {
  readonly code = 'settings.conflict'
  readonly kind = 'conflict'

  constructor(facts: { setting: string; expectedVersion: number; version: number }) {
    super(
      `${facts.setting} is at version ${facts.version} by now, not ${facts.expectedVersion}`,
      facts,
    )
  }
}
