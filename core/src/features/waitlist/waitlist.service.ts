import {
  addMs,
  assert,
  DAY_MS,
  hashSecret,
  InvalidValue,
  type Language,
  newId,
  type Page,
  type PageRequest,
  readEmail,
} from '../../kernel/index.ts'
import type { EntryFilter } from './entries.repository.ts'
import {
  CONFIRM_WITHIN_MS,
  checkPersona,
  drawReferralCode,
  type Entry,
  parseReferralCode,
  parseUseCase,
} from './entry.ts'
import { entryIdOf, entryToken, isTokenOf } from './entry-token.ts'
import { estimateWait, waitlistWaits } from './estimated-wait.ts'
import { cohortOf, waitlistExperiment } from './experiments/experiment.ts'
import { forgetEntry } from './forget-entry.ts'
import { sendWaitlistMail } from './messages/messages.jobs.ts'
import type { Place } from './place.ts'
import type { FoundPlace } from './places.repository.ts'
import { componentsOf, featuresOf, type Persona, REFERRALS_MAX, scoreOf } from './score.ts'
import {
  AlreadyJoined,
  ConfirmationGone,
  EntryNotFound,
  GuestsNotListed,
  WaitlistUnavailable,
} from './waitlist.errors.ts'
import { waitlistConfirmed, waitlistJoined } from './waitlist.events.ts'
import type { WaitlistScope } from './waitlist.scope.ts'
import { SCORED_BY, weightsOf } from './weights.ts'

/** Somebody who joins: by an address that they will have to confirm, or as a user. */
export type NewJoin = ({ readonly email: string } | { readonly userId: string }) & {
  /** What they want to use the app for. */
  readonly useCase: string
  readonly persona: Persona
  /** The code of the link that they came by; one that is nobody's changes nothing. [none] */
  readonly referralCode?: string | undefined
  /** Of mails to them. [en] */
  readonly language?: Language | undefined
  /** Where they join from; kept as a hash. [unknown] */
  readonly network?: string | undefined
}

/** What whoever joined or confirmed is told. */
export interface Joined {
  readonly entry: Entry
  readonly place: Place
  /** Lets who holds it see and change the entry, without an account. */
  readonly positionToken: string
}

/** By what an entry is found. */
export type EntryKey =
  | { readonly id: string }
  | { readonly email: string }
  | { readonly userId: string }
  | { readonly referralCode: string }
  | { readonly positionToken: string }

/** How many people wait, were invited and were admitted. */
export interface WaitlistStats {
  readonly waiting: number
  readonly joinedToday: number
  readonly invitedToday: number
  readonly invited: number
  readonly admitted: number
}

const FORGOTTEN_BATCH = 100
const PACE_DAYS = 14

/** The waitlist: who wants to be let in, by which score, and at which place of the queue. */
export class WaitlistService {
  readonly #scope: WaitlistScope

  constructor(scope: WaitlistScope) {
    this.#scope = scope
  }

  /**
   * Puts somebody on the waitlist. Who joins by an address waits once they have confirmed it, a user
   * of Telegram at once. Emits `waitlist.joined`.
   *
   * @throws {@link AlreadyJoined}
   * @throws {@link InvalidValue}
   * @throws {@link GuestsNotListed}
   * @throws {@link WaitlistUnavailable}
   * @example
   * const { place, positionToken } = await services.waitlist.join({
   *   email: 'ada@example.org', useCase: 'newsletters', persona: 'solo_founder',
   * })
   */
  async join(request: NewJoin): Promise<Joined> {
    const who =
      'email' in request
        ? { email: addressOf(request.email), userId: null }
        : { email: null, userId: request.userId }
    const { persona, language = 'en', network } = request
    const useCase = parseUseCase(request.useCase)
    checkPersona(persona)
    const code = parseReferralCode(request.referralCode ?? '')
    this.#secret()
    if (who.email !== null && !this.#scope.mailer) throw new WaitlistUnavailable()
    const entry = await this.#scope.transaction(async (tx) => {
      if (who.userId) {
        const { kind } = await tx.repos.users.getById(who.userId)
        if (kind === 'guest') throw new GuestsNotListed()
        if (await isListed(tx, who.userId)) throw new AlreadyJoined()
      }
      const entries = tx.repos.waitlistEntries
      const inviter = code === undefined ? undefined : await entries.findByReferralCode(code)
      const id = newId()
      const cohort = cohortOf(id, (await tx.settings.get(waitlistExperiment)).value)
      const features = { persona, ...featuresOf(useCase), cohort }
      const at = tx.clock.now()
      const written = {
        ...{ useCase, language, joinedAt: at, confirmedAt: who.userId ? at : null },
        networkHash: network === undefined ? null : hashSecret(network),
        status: who.userId ? ('waiting' as const) : ('unconfirmed' as const),
      }
      const fresh = {
        ...{ ...who, ...written, id, referralCode: drawReferralCode() },
        classId: await entries.classOf({ ...features, referrals: 0 }),
        inviterEntryId: inviter?.id ?? null,
      }
      const joined =
        (await entries.insertNew(fresh)) ?? (await entries.rejoin(who, written, features))
      if (!joined) return this.#remind(tx, who.email)
      await tell(tx, joined)
      return joined
    })
    if (!entry) throw new AlreadyJoined()
    return this.#tell(entry)
  }

  /**
   * Lets who proves an address by the link of a mail wait, at the place of the moment they joined.
   * Emits `waitlist.confirmed`, once: doing it again answers the same.
   *
   * @throws {@link ConfirmationGone} when the week is over, or the token is none
   * @throws {@link WaitlistUnavailable}
   */
  async confirm(token: string): Promise<Joined> {
    const secret = this.#secret()
    const entry = await this.#scope.transaction(async (tx) => {
      const id = entryIdOf(token)
      const found =
        id === undefined ? undefined : await tx.repos.waitlistEntries.findByIdWithLock(id)
      if (!found || !isTokenOf(token, found, 'confirm', secret)) throw new ConfirmationGone()
      if (found.status === 'left') throw new ConfirmationGone()
      if (found.status !== 'unconfirmed') return found
      const now = tx.clock.now()
      if (addMs(found.joinedAt, CONFIRM_WITHIN_MS) <= now) throw new ConfirmationGone()
      const confirmed = await tx.repos.waitlistEntries.update(found.id, {
        status: 'waiting',
        confirmedAt: now,
      })
      const { id: entryId, userId } = found
      await tx.repos.outbox.add(
        waitlistConfirmed.create({
          ...{ occurredAt: now, subjectId: entryId, userId, payload: { entryId } },
        }),
      )
      await enqueueMail(tx, confirmed, 'confirmed')
      return confirmed
    })
    return this.#tell(entry)
  }

  /** Finds an entry, also one that waits no more; of those who left nothing is found but by their id. */
  async find(key: EntryKey): Promise<Entry | undefined> {
    const { waitlistEntries: entries } = this.#scope.repos
    if ('id' in key) return entries.findById(key.id)
    if ('email' in key) return entries.findByEmail(readEmail(key.email) ?? '')
    if ('userId' in key) return entries.findByUser(key.userId)
    if ('referralCode' in key) {
      const code = parseReferralCode(key.referralCode)
      const found = code === undefined ? undefined : await entries.findByReferralCode(code)
      return found && found.status !== 'left' ? found : undefined
    }
    const id = entryIdOf(key.positionToken)
    const found = id === undefined ? undefined : await entries.findById(id)
    if (!found || found.status === 'left') return undefined
    return isTokenOf(key.positionToken, found, 'position', this.#secret()) ? found : undefined
  }

  /**
   * Finds an entry.
   *
   * @throws {@link EntryNotFound}
   */
  async get(key: EntryKey): Promise<Entry> {
    const found = await this.find(key)
    if (!found) throw new EntryNotFound()
    return found
  }

  /**
   * Tells where somebody is in the queue and why: right after every join, invitation and change of
   * weights.
   *
   * @throws {@link EntryNotFound}
   */
  async position(entryId: string): Promise<Place> {
    return this.#placeOf(entryId)
  }

  /** Tells how many people wait, were invited and were admitted; a day begins at midnight, UTC. */
  async stats(): Promise<WaitlistStats> {
    const { waitlistBatches, waitlistEntries, waitlistPlaces } = this.#scope.repos
    const today = new Date(this.#scope.clock.now())
    today.setUTCHours(0, 0, 0, 0)
    const { waiting, invited, admitted } = await waitlistPlaces.countByStatus()
    return {
      ...{ waiting, invited, admitted },
      joinedToday: await waitlistEntries.countJoinedSince(today),
      invitedToday: await waitlistBatches.countIssuedSince(today),
    }
  }

  /** Entries, the last who joined first; those whose address begins somehow, by address. */
  list(filter: EntryFilter = {}, request: PageRequest = {}): Promise<Page<Entry>> {
    return this.#scope.repos.waitlistEntries.search(filter, request)
  }

  /**
   * Changes what somebody wants to use the app for, or what they are; their place follows.
   *
   * @throws {@link EntryNotFound} {@link InvalidValue}
   */
  async updateUseCase(
    entryId: string,
    changes: { readonly useCase?: string | undefined; readonly persona?: Persona | undefined },
  ): Promise<Entry> {
    return this.#scope.transaction(async (tx) => {
      const entry = await lockEntry(tx, entryId)
      const entries = tx.repos.waitlistEntries
      const features = await entries.featuresOf(entry.classId)
      const { persona = features.persona } = changes
      checkPersona(persona)
      const useCase = changes.useCase === undefined ? entry.useCase : parseUseCase(changes.useCase)
      const classId = await entries.classOf({ ...features, persona, ...featuresOf(useCase) })
      return entries.update(entryId, { useCase, classId })
    })
  }

  /**
   * Writes how many of those whom somebody brought have qualified; their place follows. Call it in the
   * transaction that counts them. Of who left in this moment nothing is counted any more.
   */
  async setQualifiedReferrals(entryId: string, qualifiedReferrals: number): Promise<void> {
    assert(
      Number.isInteger(qualifiedReferrals) && qualifiedReferrals >= 0,
      'Referrals are counted from 0',
    )
    await this.#scope.transaction(async (tx) => {
      const entries = tx.repos.waitlistEntries
      const entry = await entries.findByIdWithLock(entryId)
      if (!entry || entry.status === 'left') return
      if (entry.qualifiedReferrals === qualifiedReferrals) return
      const referrals = Math.min(qualifiedReferrals, REFERRALS_MAX)
      const features = { ...(await entries.featuresOf(entry.classId)), referrals }
      const classId = await entries.classOf(features)
      await entries.update(entryId, { qualifiedReferrals, classId })
    })
  }

  /**
   * Takes somebody off the waitlist and forgets who they are; who was admitted stays. Emits
   * `waitlist.left`.
   *
   * @throws {@link EntryNotFound}
   */
  async leave(entryId: string): Promise<void> {
    await this.#scope.transaction(async (tx) => {
      await forgetEntry(tx, await lockEntry(tx, entryId), 'asked')
    })
  }

  /** Forgets a batch of those who never confirmed their address, and gives their number. */
  async forgetUnconfirmed(): Promise<number> {
    return this.#scope.transaction(async (tx) => {
      const before = addMs(tx.clock.now(), -CONFIRM_WITHIN_MS)
      const due = await tx.repos.waitlistEntries.lockUnconfirmed(before, FORGOTTEN_BATCH)
      for (const entry of due) await forgetEntry(tx, entry, 'unconfirmed')
      return due.length
    })
  }

  /** Forgets who a user was, whatever became of their entry. */
  async erase(userId: string): Promise<void> {
    await this.#scope.transaction(async (tx) => {
      const found = await tx.repos.waitlistEntries.findByUser(userId)
      if (found) await forgetEntry(tx, await lockEntry(tx, found.id), 'erased')
    })
  }

  /** Mails the link again, once an hour: the first mail may be lost. Nobody is told that it was. */
  async #remind(tx: WaitlistScope, email: string | null): Promise<undefined> {
    const known = email === null ? undefined : await tx.repos.waitlistEntries.findByEmail(email)
    if (known?.status === 'unconfirmed') await enqueueMail(tx, known, 'confirm')
  }

  async #tell(entry: Entry): Promise<Joined> {
    const positionToken = entryToken(entry, 'position', this.#secret())
    return { entry, place: await this.#placeOf(entry.id), positionToken }
  }

  async #placeOf(entryId: string): Promise<Place> {
    const { clock, settings, repos } = this.#scope
    const set = await settings.read([...SCORED_BY, waitlistWaits])
    const { weights, weightsVersion } = weightsOf(set)
    const now = clock.now()
    const since = addMs(now, -PACE_DAYS * DAY_MS)
    const found = await repos.waitlistPlaces.findPlace(entryId, { weights, since })
    if (!found) throw new EntryNotFound()
    const { status } = found
    const components = componentsOf(found, weights[found.cohort])
    const known = { status, score: scoreOf(components), components, weightsVersion }
    const isUnconfirmed = status === 'unconfirmed'
    const totalWaiting = found.waiting + (isUnconfirmed ? 1 : 0)
    if (!(isUnconfirmed || status === 'waiting')) {
      return { ...known, position: null, totalWaiting, estimatedWait: null }
    }
    const position = found.ahead + 1
    const estimatedWait = estimateWait(position, paceOf(found, now), set(waitlistWaits).value)
    return { ...known, position, totalWaiting, estimatedWait }
  }

  #secret(): string {
    const { codeSecret } = this.#scope.identity
    if (!codeSecret) throw new WaitlistUnavailable()
    return codeSecret
  }
}

async function tell(tx: WaitlistScope, entry: Entry): Promise<void> {
  const { id, userId, inviterEntryId, joinedAt } = entry
  const isConfirmed = entry.status === 'waiting'
  const payload = { entryId: id, inviterEntryId, isConfirmed }
  await tx.repos.outbox.add(
    waitlistJoined.create({ occurredAt: joinedAt, subjectId: id, userId, payload }),
  )
  await enqueueMail(tx, entry, isConfirmed ? 'confirmed' : 'confirm')
}

/** Of one kind at most one mail an hour, however often somebody asks for it. */
async function enqueueMail(
  { clock, repos }: WaitlistScope,
  { id: entryId }: Entry,
  template: 'confirm' | 'confirmed',
): Promise<void> {
  const occasion = clock.now().toISOString().slice(0, 13)
  const dedupeKey = `${template}:${entryId}:${occasion}`
  await repos.jobs.enqueue(sendWaitlistMail, { entryId, template, occasion }, { dedupeKey })
}

async function isListed({ repos }: WaitlistScope, userId: string): Promise<boolean> {
  const found = await repos.waitlistEntries.findByUser(userId)
  return found !== undefined && found.status !== 'lapsed'
}

async function lockEntry({ repos }: WaitlistScope, entryId: string): Promise<Entry> {
  const entry = await repos.waitlistEntries.findByIdWithLock(entryId)
  if (!entry || entry.status === 'left') throw new EntryNotFound()
  return entry
}

/** How many people a day were invited in the last two weeks, or since the first of them. */
function paceOf({ invitedLately, firstInvitedAt }: FoundPlace, now: Date): number | null {
  if (!firstInvitedAt) return null
  const days = (now.getTime() - firstInvitedAt.getTime()) / DAY_MS
  return invitedLately / Math.min(Math.max(days, 1), PACE_DAYS)
}

function addressOf(text: string): string {
  const email = readEmail(text)
  if (email !== undefined) return email
  throw new InvalidValue({
    field: 'email',
    problem: 'is no e-mail address',
    remedy: 'send one such as ada@example.org',
  })
}
