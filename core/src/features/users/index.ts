/**
 * People: guests of one device and people known by Telegram, their profile and their logins.
 *
 * A login is an opaque token of which only the hash is stored; init data of a Mini App is checked by
 * a verifier that is stricter than Telegram's format.
 *
 * @module
 */

export {
  ErasureBlocked,
  ExportGone,
  GuestUnknown,
  IdentityTaken,
} from './accounts/accounts.errors.ts'
export { userErased, userMerged } from './accounts/accounts.events.ts'
export { sweepDepartures } from './accounts/accounts.jobs.ts'
export { type AccountsScope, AccountsService } from './accounts/accounts.service.ts'
export { userDeparture } from './accounts/departure.table.ts'
export { DeparturesRepository } from './accounts/departures.repository.ts'
export { userExport } from './accounts/export.table.ts'
export { ExportsRepository } from './accounts/exports.repository.ts'
export { userAttribution } from './attribution/attribution.table.ts'
export type { Attribution, StartVia } from './attribution/attribution.ts'
export { AttributionsRepository } from './attribution/attributions.repository.ts'
export { attributionPart } from './attribution/person-part.ts'
export {
  EmailCodeGone,
  EmailCodeWrong,
  EmailInvalid,
  EmailIsOnlyLogin,
  EmailLoginUnavailable,
  EmailTaken,
} from './email/email.errors.ts'
export { forgetEmailCodes, sendEmailCode } from './email/email.jobs.ts'
export { userEmail, userEmailCode } from './email/email.table.ts'
export type { UserEmail } from './email/email.ts'
export { EmailCodesRepository } from './email/email-codes.repository.ts'
export {
  type EmailClient,
  type EmailLoginsScope,
  EmailLoginsService,
  type EmailSettings,
  type StartedEmailCode,
} from './email/email-logins.service.ts'
export { EmailsRepository } from './email/emails.repository.ts'
export { emailPart } from './email/person-part.ts'
export type { IdentitySettings } from './identity.ts'
export {
  type InitData,
  type InitDataPolicy,
  type InitDataSigner,
  TELEGRAM_PUBLIC_KEYS,
  verifyInitData,
  verifyInitDataSignature,
} from './init-data.ts'
export { userLoginLink } from './login-links/login-link.table.ts'
export type { LoginLink, LoginLinkPurpose } from './login-links/login-link.ts'
export { LoginLinksRepository } from './login-links/login-links.repository.ts'
export {
  type LoginLinkAnswer,
  type LoginLinksScope,
  LoginLinksService,
  type StartedLoginLink,
} from './login-links/login-links.service.ts'
export { type LoginWidgetData, verifyLoginWidget } from './login-widget.ts'
export { OpenedInitDataRepository } from './opened-init-data/opened-init-data.repository.ts'
export { userOpenedInitData } from './opened-init-data/opened-init-data.table.ts'
export { userPassword } from './passwords/password.table.ts'
export type { PasswordHasher } from './passwords/password.ts'
export {
  CredentialsWrong,
  PasswordNeedsEmail,
  PasswordsBusy,
  PasswordWeak,
} from './passwords/passwords.errors.ts'
export { PasswordsRepository } from './passwords/passwords.repository.ts'
export {
  type PasswordClient,
  type PasswordsScope,
  PasswordsService,
} from './passwords/passwords.service.ts'
export { usersPart } from './person-part.ts'
export { type NewRole, type RolesScope, RolesService } from './roles/roles.service.ts'
export { userSession } from './sessions/session.table.ts'
export { SESSION_TTL_MS, type Session, type Surface } from './sessions/session.ts'
export { SessionsRepository } from './sessions/sessions.repository.ts'
export {
  type Authenticated,
  type Login,
  type SessionOrigin,
  type SessionsScope,
  SessionsService,
} from './sessions/sessions.service.ts'
export {
  buildStartParameter,
  parseStartParameter,
  type StartFields,
  type StartTarget,
} from './start-parameter.ts'
export { userActiveDay } from './streaks/active-day.table.ts'
export { ActiveDaysRepository, type ActivityFigures } from './streaks/active-days.repository.ts'
export { streaksPart } from './streaks/person-part.ts'
export { userStreak } from './streaks/streak.table.ts'
export { STREAK_MILESTONES, type Streak, type StreakView, streakDay } from './streaks/streak.ts'
export { streakMilestoneReached } from './streaks/streaks.events.ts'
export { StreaksRepository } from './streaks/streaks.repository.ts'
export { userAccount } from './user.table.ts'
export {
  type Profile,
  type ProfileChanges,
  profileChangesSchema,
  type TelegramUser,
  telegramIdOf,
  telegramSender,
  telegramUserSchema,
  type User,
} from './user.ts'
export {
  DeviceKeyInvalid,
  type InitDataFault,
  InitDataInvalid,
  LoginLinkGone,
  type LoginWidgetFault,
  LoginWidgetInvalid,
  OwnerIsConfigured,
  ProfileKeptByTelegram,
  RoleNeedsRegistration,
  SessionExpired,
  SessionNotFound,
  SessionUnknown,
  StartParameterTooLong,
  TelegramLoginUnavailable,
  TelegramTaken,
} from './users.errors.ts'
export { userAttributed, userCreated, userRegistered, userRoleChanged } from './users.events.ts'
export { forgetLoginLinks, forgetOpenedInitData } from './users.jobs.ts'
export { type RoleChange, UsersRepository } from './users.repository.ts'
export {
  type LoginClient,
  type NewEmailUser,
  type UsersScope,
  UsersService,
} from './users.service.ts'
export {
  type Visit,
  type VisitOutcome,
  type VisitsScope,
  VisitsService,
} from './visits.service.ts'
