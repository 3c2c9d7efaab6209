import { AuditService } from './features/audit/index.ts'
import {
  BalanceService,
  HoldsService,
  RefillsService,
  type ResourceCatalog,
  VerificationService,
} from './features/balance/index.ts'
import { type BillingOptions, BillingService } from './features/billing/index.ts'
import { FriendshipsService } from './features/friendships/index.ts'
import { GroupsService, MembersService } from './features/groups/index.ts'
import { GuessingService, InvitesService } from './features/invites/index.ts'
import {
  SendingService as BroadcastSendingService,
  BroadcastsService,
  SettingsService as NotificationSettingsService,
  SlotsService as NotificationSlotsService,
  NotificationsService,
  ReachService,
  type TemplateCatalog,
} from './features/notifications/index.ts'
import {
  type BoundFulfilment,
  bindFulfilment,
  DisputesService,
  type FulfilmentRegistry,
  type GatewayRegistry,
  PaymentsCheckService,
  PaymentsService,
  type ProductCatalog,
  ReceiptsCheckService,
  ReceiptsService,
  ReconciliationService,
  RefundsService,
} from './features/payments/index.ts'
import {
  AlertsService,
  QualityService,
  SnapshotsService as QualitySnapshotsService,
} from './features/quality/index.ts'
import {
  ReferralMessagesService,
  ReferralsService,
  type RewardSettings,
  RewardsService,
} from './features/referrals/index.ts'
import { RenewalsService, SubscriptionsService } from './features/subscriptions/index.ts'
import {
  AccountsService,
  EmailLoginsService,
  type IdentitySettings,
  LoginLinksService,
  type PasswordHasher,
  PasswordsService,
  RolesService,
  SessionsService,
  UsersService,
  VisitsService,
} from './features/users/index.ts'
import {
  AdmissionsService,
  BatchesService,
  ExperimentsService,
  MessagesService as WaitlistMessagesService,
  type WaitlistOptions,
  WaitlistService,
} from './features/waitlist/index.ts'
import { GrowthService } from './growth.service.ts'
import type { Clock } from './kernel/index.ts'
import type { Database, Executor } from './platform/database/index.ts'
import type { Limiter } from './platform/limits/index.ts'
import type { Mailer } from './platform/mail/index.ts'
import { type BoundPersonPart, bindPeople, type PersonPart } from './platform/people/index.ts'
import { SettingsService } from './platform/settings/index.ts'
import type { CoreRepositories } from './repositories.ts'

/** What services share and nobody can derive: the clock, the outside world, what is sold. */
export interface Context {
  readonly clock: Clock
  readonly database: Database
  readonly products: ProductCatalog
  readonly resources: ResourceCatalog
  readonly gateways: GatewayRegistry
  /** Who gives what is sold, by kind of product. */
  readonly fulfilments: FulfilmentRegistry<CoreServices>
  readonly identity: IdentitySettings
  /** What each feature knows of people, in the order in which a guest is merged. */
  readonly people: readonly PersonPart<CoreServices>[]
  /** Counts tries across processes; outside of every transaction. */
  readonly limiter: Limiter
  /** What people are told, and what of it they may turn off. */
  readonly templates: TemplateCatalog
  /** Prefixes of addresses that a buyer may be sent back to. */
  readonly returnUrls: readonly string[]
  /** Where the pages of the waitlist are, and what its codes begin with. */
  readonly waitlist: WaitlistOptions
  /** What an app gives for referrals. */
  readonly rewardSettings: RewardSettings
  /** What an app says about billing. */
  readonly billing: BillingOptions
  /** Undefined where no mails are sent. */
  readonly mailer: Mailer | undefined
  /** Undefined where nobody logs in by e-mail. */
  readonly passwordHasher: PasswordHasher | undefined
  /** Set on a fork: its `transaction` joins the open one. */
  readonly isInTransaction?: boolean
}

/**
 * All services over one executor. Each is built when it is first touched; a constructor only
 * stores, so services may know each other without an order of construction.
 *
 * A subclass may replace a service: core's own services then use the replacement too, inside and
 * outside a transaction.
 *
 * @example
 * class LaunchpadServices extends CoreServices<LaunchpadRepositories> {
 *   #users?: StrictUsersService
 *   override get users(): StrictUsersService {
 *     return (this.#users ??= new StrictUsersService(this))
 *   }
 * }
 */
export class CoreServices<
  Repositories extends CoreRepositories = CoreRepositories,
  Shared extends Context = Context,
> {
  #accounts?: AccountsService
  #alerts?: AlertsService
  #admissions?: AdmissionsService
  #audit?: AuditService
  #balance?: BalanceService
  #batches?: BatchesService
  #billing?: BillingService
  #broadcastSending?: BroadcastSendingService
  #broadcasts?: BroadcastsService
  #disputes?: DisputesService
  #experiments?: ExperimentsService
  #friendships?: FriendshipsService
  #groups?: GroupsService
  #growth?: GrowthService
  #guessing?: GuessingService
  #holds?: HoldsService
  #invites?: InvitesService
  #members?: MembersService
  #notificationSettings?: NotificationSettingsService
  #notificationSlots?: NotificationSlotsService
  #notifications?: NotificationsService
  #payments?: PaymentsService
  #paymentsCheck?: PaymentsCheckService
  #quality?: QualityService
  #qualitySnapshots?: QualitySnapshotsService
  #reach?: ReachService
  #receipts?: ReceiptsService
  #receiptsCheck?: ReceiptsCheckService
  #reconciliation?: ReconciliationService
  #referralMessages?: ReferralMessagesService
  #referrals?: ReferralsService
  #refills?: RefillsService
  #refunds?: RefundsService
  #renewals?: RenewalsService
  #rewards?: RewardsService
  #loginLinks?: LoginLinksService
  #emailLogins?: EmailLoginsService
  #passwords?: PasswordsService
  #roles?: RolesService
  #sessions?: SessionsService
  #settings?: SettingsService
  #subscriptions?: SubscriptionsService
  #users?: UsersService
  #verification?: VerificationService
  #visits?: VisitsService
  #waitlist?: WaitlistService
  #waitlistMessages?: WaitlistMessagesService
  readonly repos: Repositories
  protected readonly context: Shared

  constructor(context: Shared, repos: Repositories) {
    this.context = context
    this.repos = repos
  }

  get clock(): Clock {
    return this.context.clock
  }

  get limiter(): Limiter {
    return this.context.limiter
  }

  get products(): ProductCatalog {
    return this.context.products
  }

  get resources(): ResourceCatalog {
    return this.context.resources
  }

  get gateways(): GatewayRegistry {
    return this.context.gateways
  }

  get identity(): IdentitySettings {
    return this.context.identity
  }

  get mailer(): Mailer | undefined {
    return this.context.mailer
  }

  get templates(): TemplateCatalog {
    return this.context.templates
  }

  get passwordHasher(): PasswordHasher | undefined {
    return this.context.passwordHasher
  }

  get returnUrls(): readonly string[] {
    return this.context.returnUrls
  }

  get waitlistOptions(): WaitlistOptions {
    return this.context.waitlist
  }

  get accounts(): AccountsService {
    return (this.#accounts ??= new AccountsService(this))
  }

  get alerts(): AlertsService {
    return (this.#alerts ??= new AlertsService(this))
  }

  get admissions(): AdmissionsService {
    return (this.#admissions ??= new AdmissionsService(this))
  }

  get audit(): AuditService {
    return (this.#audit ??= new AuditService(this))
  }

  get balance(): BalanceService {
    return (this.#balance ??= new BalanceService(this))
  }

  get batches(): BatchesService {
    return (this.#batches ??= new BatchesService(this))
  }

  get billing(): BillingService {
    return (this.#billing ??= new BillingService(this))
  }

  get billingOptions(): BillingOptions {
    return this.context.billing
  }

  get broadcastSending(): BroadcastSendingService {
    return (this.#broadcastSending ??= new BroadcastSendingService(this))
  }

  get broadcasts(): BroadcastsService {
    return (this.#broadcasts ??= new BroadcastsService(this))
  }

  get disputes(): DisputesService {
    return (this.#disputes ??= new DisputesService(this))
  }

  get experiments(): ExperimentsService {
    return (this.#experiments ??= new ExperimentsService(this))
  }

  get friendships(): FriendshipsService {
    return (this.#friendships ??= new FriendshipsService(this))
  }

  get groups(): GroupsService {
    return (this.#groups ??= new GroupsService(this))
  }

  get growth(): GrowthService {
    return (this.#growth ??= new GrowthService(this))
  }

  get guessing(): GuessingService {
    return (this.#guessing ??= new GuessingService(this))
  }

  get holds(): HoldsService {
    return (this.#holds ??= new HoldsService(this))
  }

  get invites(): InvitesService {
    return (this.#invites ??= new InvitesService(this))
  }

  get members(): MembersService {
    return (this.#members ??= new MembersService(this))
  }

  get notificationSettings(): NotificationSettingsService {
    return (this.#notificationSettings ??= new NotificationSettingsService(this))
  }

  get notificationSlots(): NotificationSlotsService {
    return (this.#notificationSlots ??= new NotificationSlotsService(this))
  }

  get notifications(): NotificationsService {
    return (this.#notifications ??= new NotificationsService(this))
  }

  get payments(): PaymentsService {
    return (this.#payments ??= new PaymentsService(this))
  }

  get paymentsCheck(): PaymentsCheckService {
    return (this.#paymentsCheck ??= new PaymentsCheckService(this))
  }

  get quality(): QualityService {
    return (this.#quality ??= new QualityService(this))
  }

  get qualitySnapshots(): QualitySnapshotsService {
    return (this.#qualitySnapshots ??= new QualitySnapshotsService(this))
  }

  get reach(): ReachService {
    return (this.#reach ??= new ReachService(this))
  }

  get receipts(): ReceiptsService {
    return (this.#receipts ??= new ReceiptsService(this))
  }

  get receiptsCheck(): ReceiptsCheckService {
    return (this.#receiptsCheck ??= new ReceiptsCheckService(this))
  }

  get reconciliation(): ReconciliationService {
    return (this.#reconciliation ??= new ReconciliationService(this))
  }

  get referralMessages(): ReferralMessagesService {
    return (this.#referralMessages ??= new ReferralMessagesService(this))
  }

  get referrals(): ReferralsService {
    return (this.#referrals ??= new ReferralsService(this))
  }

  get rewards(): RewardsService {
    return (this.#rewards ??= new RewardsService(this))
  }

  get rewardSettings(): RewardSettings {
    return this.context.rewardSettings
  }

  get refills(): RefillsService {
    return (this.#refills ??= new RefillsService(this))
  }

  get refunds(): RefundsService {
    return (this.#refunds ??= new RefundsService(this))
  }

  get renewals(): RenewalsService {
    return (this.#renewals ??= new RenewalsService(this))
  }

  get loginLinks(): LoginLinksService {
    return (this.#loginLinks ??= new LoginLinksService(this))
  }

  get emailLogins(): EmailLoginsService {
    return (this.#emailLogins ??= new EmailLoginsService(this))
  }

  get passwords(): PasswordsService {
    return (this.#passwords ??= new PasswordsService(this))
  }

  get roles(): RolesService {
    return (this.#roles ??= new RolesService(this))
  }

  get sessions(): SessionsService {
    return (this.#sessions ??= new SessionsService(this))
  }

  get settings(): SettingsService {
    return (this.#settings ??= new SettingsService(this))
  }

  get subscriptions(): SubscriptionsService {
    return (this.#subscriptions ??= new SubscriptionsService(this))
  }

  get users(): UsersService {
    return (this.#users ??= new UsersService(this))
  }

  get verification(): VerificationService {
    return (this.#verification ??= new VerificationService(this))
  }

  get visits(): VisitsService {
    return (this.#visits ??= new VisitsService(this))
  }

  get waitlist(): WaitlistService {
    return (this.#waitlist ??= new WaitlistService(this))
  }

  get waitlistMessages(): WaitlistMessagesService {
    return (this.#waitlistMessages ??= new WaitlistMessagesService(this))
  }

  /** What each feature knows of people, bound to this aggregator's transaction. */
  get people(): readonly BoundPersonPart[] {
    return bindPeople<CoreServices>(this.context.people, this)
  }

  /** Who gives products of a kind, bound to this aggregator's transaction. */
  fulfilment(kind: string): BoundFulfilment {
    return bindFulfilment<CoreServices>(this.context.fulfilments, kind, this)
  }

  /**
   * Runs work on a fork of this aggregator, all of it bound to one transaction. On a fork the work
   * joins the transaction that is open.
   *
   * @example
   * await services.transaction(async (tx) => {
   *   await tx.balance.debit({ id, userId, unit: 'credits', amount: 1n, reason, reference })
   *   await tx.repos.outbox.add(imageMade.create(facts))
   * })
   */
  transaction<T>(work: (tx: this) => Promise<T>): Promise<T> {
    if (this.context.isInTransaction) return work(this)
    return this.context.database.transaction((db) => work(this.bound(db)))
  }

  /**
   * The same aggregator bound to an open transaction.
   *
   * A subclass keeps the constructor's signature; anything more it needs belongs into the context.
   */
  protected bound(db: Executor): this {
    const Self = this.constructor as new (context: Shared, repos: Repositories) => this
    return new Self({ ...this.context, isInTransaction: true }, this.repos.bound(db))
  }
}
