import { AuditRepository } from './features/audit/index.ts'
import {
  BalanceRepository,
  HoldsRepository,
  RefillsRepository,
  VerificationRepository,
} from './features/balance/index.ts'
import { TenantsRepository as BillingTenantsRepository } from './features/billing/index.ts'
import { FriendshipsRepository } from './features/friendships/index.ts'
import { GroupsRepository, MembersRepository } from './features/groups/index.ts'
import { InvitationsRepository } from './features/invites/index.ts'
import {
  RecipientsRepository as BroadcastRecipientsRepository,
  BroadcastsRepository,
  SettingsRepository as NotificationSettingsRepository,
  SlotsRepository as NotificationSlotsRepository,
  NotificationsRepository,
  ReachRepository,
} from './features/notifications/index.ts'
import {
  ConsentsRepository,
  ContactsRepository,
  DisputesRepository,
  PaymentsRepository,
  ReceiptsRepository,
  ReconciliationRepository,
  RefundsRepository,
} from './features/payments/index.ts'
import { AlertsRepository, QualityRepository } from './features/quality/index.ts'
import { ReferralsRepository, RewardsRepository } from './features/referrals/index.ts'
import { GrantsRepository, SubscriptionsRepository } from './features/subscriptions/index.ts'
import {
  ActiveDaysRepository,
  AttributionsRepository,
  DeparturesRepository,
  EmailCodesRepository,
  EmailsRepository,
  ExportsRepository,
  LoginLinksRepository,
  OpenedInitDataRepository,
  PasswordsRepository,
  SessionsRepository,
  StreaksRepository,
  UsersRepository,
} from './features/users/index.ts'
import {
  AdmissionsRepository as WaitlistAdmissionsRepository,
  BatchesRepository as WaitlistBatchesRepository,
  EntriesRepository as WaitlistEntriesRepository,
  ExperimentsRepository as WaitlistExperimentsRepository,
  PlacesRepository as WaitlistPlacesRepository,
} from './features/waitlist/index.ts'
import { FiguresRepository } from './figures.repository.ts'
import { GrowthRepository } from './growth.repository.ts'
import type { Executor } from './platform/database/index.ts'
import { InboxRepository } from './platform/inbox/index.ts'
import { JobsRepository } from './platform/jobs/index.ts'
import { OutboxRepository } from './platform/outbox/index.ts'
import { PersonRows } from './platform/people/index.ts'
import { SettingsRepository } from './platform/settings/index.ts'
import { WebhookSequenceRepository } from './platform/webhooks/index.ts'

/**
 * All repositories on one executor. Each is built when it is first touched.
 *
 * Extend it to add repositories of your own:
 *
 * @example
 * class ShopRepositories extends CoreRepositories {
 *   #orders?: OrdersRepository
 *   get orders(): OrdersRepository { return (this.#orders ??= new OrdersRepository(this.db)) }
 * }
 */
export class CoreRepositories {
  #activeDays?: ActiveDaysRepository
  #alerts?: AlertsRepository
  #attributions?: AttributionsRepository
  #audit?: AuditRepository
  #balance?: BalanceRepository
  #billingTenants?: BillingTenantsRepository
  #broadcasts?: BroadcastsRepository
  #consents?: ConsentsRepository
  #departures?: DeparturesRepository
  #disputes?: DisputesRepository
  #exports?: ExportsRepository
  #friendships?: FriendshipsRepository
  #figures?: FiguresRepository
  #emailCodes?: EmailCodesRepository
  #emails?: EmailsRepository
  #grants?: GrantsRepository
  #contacts?: ContactsRepository
  #groups?: GroupsRepository
  #growth?: GrowthRepository
  #holds?: HoldsRepository
  #inbox?: InboxRepository
  #invitations?: InvitationsRepository
  #jobs?: JobsRepository
  #members?: MembersRepository
  #loginLinks?: LoginLinksRepository
  #openedInitData?: OpenedInitDataRepository
  #outbox?: OutboxRepository
  #passwords?: PasswordsRepository
  #payments?: PaymentsRepository
  #personRows?: PersonRows
  #notificationSettings?: NotificationSettingsRepository
  #notificationSlots?: NotificationSlotsRepository
  #notifications?: NotificationsRepository
  #quality?: QualityRepository
  #reach?: ReachRepository
  #receipts?: ReceiptsRepository
  #recipients?: BroadcastRecipientsRepository
  #reconciliation?: ReconciliationRepository
  #referrals?: ReferralsRepository
  #refills?: RefillsRepository
  #rewards?: RewardsRepository
  #refunds?: RefundsRepository
  #sessions?: SessionsRepository
  #settings?: SettingsRepository
  #streaks?: StreaksRepository
  #subscriptions?: SubscriptionsRepository
  #users?: UsersRepository
  #verification?: VerificationRepository
  #webhookSequence?: WebhookSequenceRepository
  #waitlistAdmissions?: WaitlistAdmissionsRepository
  #waitlistBatches?: WaitlistBatchesRepository
  #waitlistEntries?: WaitlistEntriesRepository
  #waitlistExperiments?: WaitlistExperimentsRepository
  #waitlistPlaces?: WaitlistPlacesRepository
  /** Where the statements run; repositories beside these share it. */
  readonly db: Executor

  constructor(db: Executor) {
    this.db = db
  }

  get activeDays(): ActiveDaysRepository {
    return (this.#activeDays ??= new ActiveDaysRepository(this.db))
  }

  get alerts(): AlertsRepository {
    return (this.#alerts ??= new AlertsRepository(this.db))
  }

  get attributions(): AttributionsRepository {
    return (this.#attributions ??= new AttributionsRepository(this.db))
  }

  get audit(): AuditRepository {
    return (this.#audit ??= new AuditRepository(this.db))
  }

  get balance(): BalanceRepository {
    return (this.#balance ??= new BalanceRepository(this.db))
  }

  get billingTenants(): BillingTenantsRepository {
    return (this.#billingTenants ??= new BillingTenantsRepository(this.db))
  }

  get broadcasts(): BroadcastsRepository {
    return (this.#broadcasts ??= new BroadcastsRepository(this.db))
  }

  get consents(): ConsentsRepository {
    return (this.#consents ??= new ConsentsRepository(this.db))
  }

  get departures(): DeparturesRepository {
    return (this.#departures ??= new DeparturesRepository(this.db))
  }

  get exports(): ExportsRepository {
    return (this.#exports ??= new ExportsRepository(this.db))
  }

  get disputes(): DisputesRepository {
    return (this.#disputes ??= new DisputesRepository(this.db))
  }

  get figures(): FiguresRepository {
    return (this.#figures ??= new FiguresRepository(this.db))
  }

  get friendships(): FriendshipsRepository {
    return (this.#friendships ??= new FriendshipsRepository(this.db))
  }

  get emailCodes(): EmailCodesRepository {
    return (this.#emailCodes ??= new EmailCodesRepository(this.db))
  }

  get emails(): EmailsRepository {
    return (this.#emails ??= new EmailsRepository(this.db))
  }

  get grants(): GrantsRepository {
    return (this.#grants ??= new GrantsRepository(this.db))
  }

  get contacts(): ContactsRepository {
    return (this.#contacts ??= new ContactsRepository(this.db))
  }

  get groups(): GroupsRepository {
    return (this.#groups ??= new GroupsRepository(this.db))
  }

  get growth(): GrowthRepository {
    return (this.#growth ??= new GrowthRepository(this.db))
  }

  get holds(): HoldsRepository {
    return (this.#holds ??= new HoldsRepository(this.db))
  }

  get inbox(): InboxRepository {
    return (this.#inbox ??= new InboxRepository(this.db))
  }

  get invitations(): InvitationsRepository {
    return (this.#invitations ??= new InvitationsRepository(this.db))
  }

  get jobs(): JobsRepository {
    return (this.#jobs ??= new JobsRepository(this.db))
  }

  get members(): MembersRepository {
    return (this.#members ??= new MembersRepository(this.db))
  }

  get notificationSettings(): NotificationSettingsRepository {
    return (this.#notificationSettings ??= new NotificationSettingsRepository(this.db))
  }

  get loginLinks(): LoginLinksRepository {
    return (this.#loginLinks ??= new LoginLinksRepository(this.db))
  }

  get openedInitData(): OpenedInitDataRepository {
    return (this.#openedInitData ??= new OpenedInitDataRepository(this.db))
  }

  get notificationSlots(): NotificationSlotsRepository {
    return (this.#notificationSlots ??= new NotificationSlotsRepository(this.db))
  }

  get notifications(): NotificationsRepository {
    return (this.#notifications ??= new NotificationsRepository(this.db))
  }

  get outbox(): OutboxRepository {
    return (this.#outbox ??= new OutboxRepository(this.db))
  }

  get passwords(): PasswordsRepository {
    return (this.#passwords ??= new PasswordsRepository(this.db))
  }

  get payments(): PaymentsRepository {
    return (this.#payments ??= new PaymentsRepository(this.db))
  }

  get personRows(): PersonRows {
    return (this.#personRows ??= new PersonRows(this.db))
  }

  get quality(): QualityRepository {
    return (this.#quality ??= new QualityRepository(this.db))
  }

  get reach(): ReachRepository {
    return (this.#reach ??= new ReachRepository(this.db))
  }

  get receipts(): ReceiptsRepository {
    return (this.#receipts ??= new ReceiptsRepository(this.db))
  }

  get recipients(): BroadcastRecipientsRepository {
    return (this.#recipients ??= new BroadcastRecipientsRepository(this.db))
  }

  get reconciliation(): ReconciliationRepository {
    return (this.#reconciliation ??= new ReconciliationRepository(this.db))
  }

  get referrals(): ReferralsRepository {
    return (this.#referrals ??= new ReferralsRepository(this.db))
  }

  get rewards(): RewardsRepository {
    return (this.#rewards ??= new RewardsRepository(this.db))
  }

  get refills(): RefillsRepository {
    return (this.#refills ??= new RefillsRepository(this.db))
  }

  get refunds(): RefundsRepository {
    return (this.#refunds ??= new RefundsRepository(this.db))
  }

  get sessions(): SessionsRepository {
    return (this.#sessions ??= new SessionsRepository(this.db))
  }

  get settings(): SettingsRepository {
    return (this.#settings ??= new SettingsRepository(this.db))
  }

  get streaks(): StreaksRepository {
    return (this.#streaks ??= new StreaksRepository(this.db))
  }

  get subscriptions(): SubscriptionsRepository {
    return (this.#subscriptions ??= new SubscriptionsRepository(this.db))
  }

  get users(): UsersRepository {
    return (this.#users ??= new UsersRepository(this.db))
  }

  get verification(): VerificationRepository {
    return (this.#verification ??= new VerificationRepository(this.db))
  }

  get waitlistAdmissions(): WaitlistAdmissionsRepository {
    return (this.#waitlistAdmissions ??= new WaitlistAdmissionsRepository(this.db))
  }

  get waitlistBatches(): WaitlistBatchesRepository {
    return (this.#waitlistBatches ??= new WaitlistBatchesRepository(this.db))
  }

  get waitlistEntries(): WaitlistEntriesRepository {
    return (this.#waitlistEntries ??= new WaitlistEntriesRepository(this.db))
  }

  get waitlistExperiments(): WaitlistExperimentsRepository {
    return (this.#waitlistExperiments ??= new WaitlistExperimentsRepository(this.db))
  }

  get waitlistPlaces(): WaitlistPlacesRepository {
    return (this.#waitlistPlaces ??= new WaitlistPlacesRepository(this.db))
  }

  get webhookSequence(): WebhookSequenceRepository {
    return (this.#webhookSequence ??= new WebhookSequenceRepository(this.db))
  }

  /**
   * The same aggregator on another executor, such as a transaction.
   *
   * A subclass keeps the constructor's signature; anything more it needs belongs into the context.
   */
  bound(db: Executor): this {
    const Self = this.constructor as new (db: Executor) => this
    return new Self(db)
  }
}
