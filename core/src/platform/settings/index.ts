/**
 * Configuration that administrators change while the kit runs: checked values of a declared shape,
 * each version with who made it and why.
 *
 * @module
 */
export { settingsPart } from './person-part.ts'
export { setting } from './setting.table.ts'
export {
  defineSetting,
  type Setting,
  type SettingChange,
  type SettingsNow,
  type SettingVersion,
} from './setting.ts'
export { SettingConflict } from './settings.errors.ts'
export { settingChanged } from './settings.events.ts'
export { SettingsRepository } from './settings.repository.ts'
export { type SettingsScope, SettingsService } from './settings.service.ts'
