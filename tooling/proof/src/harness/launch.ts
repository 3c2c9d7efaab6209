import { PERSONAS, type Persona, waitlistPlan } from '@gramkit/core/waitlist'
import { type RunningLaunchpad, startRunningLaunchpad } from '@gramkit/launchpad/testing'
import pg from 'pg'
import { z } from 'zod'
import type { Chance } from './chance.ts'

/** How many people a launch has, and by which chance they do what. */
export interface LaunchOptions {
  readonly people: number
  readonly chance: Chance
}

/** Days on which people join. */
export const JOIN_DAYS = 60
/** Days of the whole story: long enough for the gate to open again, and batches to go on. */
export const STORY_DAYS = 80
/** Days on which a ring of made-up people comes along. */
const RING = { from: 18, to: 28 } as const
/** Days on which hardly anybody comes by any more. */
const SLUMP = { from: 24, to: 44 } as const
/** Days after which those who came back have done so. */
const RETURN_DAYS = 20

/** So many days make a referral count. */
const MADE_UP_DAYS = 3
/** Every so often codes are given away; never on the day on which others expire. */
const GIVING_DAYS = 8

/**
 * When people come by: half an hour away from what is due at a whole hour, so that real time, which
 * goes on while they are played, never decides what comes first.
 */
const PLAY_TIME = { hours: 12, minutes: 30 } as const

const CODE = /VOBEE-[0-9A-Z]{12}/

const USE_CASES: readonly [string, ...string[]] = [
  'newsletters',
  'We sell prints of our own photographs and want to tell buyers of the next ones.',
  'Less time with reports for the customers of our agency.',
  'We plan, write and publish content for eleven small shops in three languages and want to bring ' +
    'drafts, approvals and the calendar of all of them together in one place.',
]

const countsShape = z.object({ name: z.string(), count: z.number() })

const DAY_MINUTES = 1_440

const addMinutes = (at: Date, minutes: number): Date => new Date(at.getTime() + minutes * 60_000)

/** Somebody of the story, made up or not. */
interface Somebody {
  readonly entryId: string
  readonly referralCode: string | undefined
  readonly telegramId: number | undefined
  readonly email: string | undefined
  readonly isMadeUp: boolean
  isConfirmed: boolean
  /** The day on which they redeem the invitation that they have; null for never. */
  redeemsOn: number | null | undefined
  userId: string | undefined
  admittedOn: number | undefined
}

/** A launch that is played day by day: only people are played, all else runs by itself. */
export class Launch implements AsyncDisposable {
  readonly launchpad: RunningLaunchpad
  readonly #pool: pg.Pool
  readonly #chance: Chance
  readonly #people: Somebody[] = []
  #joined = 0
  #friends = 0
  readonly #startsAt: Date
  readonly #joinsPerDay: number
  readonly #firstTelegramId: number
  readonly #adminTelegramId: number

  private constructor(
    launchpad: RunningLaunchpad,
    options: LaunchOptions,
    at: { readonly firstId: number; readonly adminId: number; readonly startsAt: Date },
  ) {
    this.launchpad = launchpad
    this.#adminTelegramId = at.adminId
    this.#startsAt = at.startsAt
    this.#chance = options.chance
    this.#joinsPerDay = options.people / JOIN_DAYS
    this.#firstTelegramId = at.firstId
    this.#pool = new pg.Pool({ connectionString: launchpad.database.adminUrl, max: 2 })
    this.#pool.on('error', () => {})
  }

  /** Starts a launchpad whose plan invites the next people every day. */
  static async start(options: LaunchOptions): Promise<Launch> {
    // Nothing is worked beside the clock: one after the other, in the same order every time.
    const launchpad = await startRunningLaunchpad({ GRAMKIT_ROLES: 'api,bot' })
    const { clock, telegram } = launchpad.sandbox.control
    const { first: firstId, last: adminId } = await telegram.addUsers(options.people + 1)
    const startsAt = await clock.now()
    startsAt.setUTCHours(24 + PLAY_TIME.hours, PLAY_TIME.minutes, 0, 0)
    const launch = new Launch(launchpad, options, { firstId, adminId, startsAt })
    const admin = await launch.#userOf(adminId)
    await launch.#services.roles.set({ ...admin, role: 'admin', actor: 'owner' })
    // Batches fall due a while before people come by.
    await clock.advanceTo(addMinutes(startsAt, -10))
    await launch.#services.settings.change(waitlistPlan, {
      value: { isOn: true, size: Math.ceil(options.people / 50), cadenceHours: 24, cutoffScore: 0 },
      ...{ actor: 'admin', reason: 'the launch' },
    })
    await clock.advanceTo(startsAt)
    return launch
  }

  get #services() {
    return this.launchpad.served().app.platform.services
  }

  /** Looks into the database as its superuser. */
  async rows<T>(shape: z.ZodType<T>, statement: string): Promise<T[]> {
    const { rows } = await this.#pool.query(statement)
    return rows.map((row) => shape.parse(row))
  }

  /** The one row of a statement. */
  async row<T>(shape: z.ZodType<T>, statement: string): Promise<T> {
    const [row] = await this.rows(shape, statement)
    if (row === undefined) throw new Error(`No row of ${statement}`)
    return row
  }

  /** What a statement counts under which name. */
  async counts(statement: string): Promise<Record<string, number>> {
    const counted = await this.rows(countsShape, statement)
    return Object.fromEntries(counted.map(({ name, count }) => [name, count]))
  }

  /** What the administrator was told by the bot. */
  async toldAdmin(): Promise<string[]> {
    const messages = await this.launchpad.sandbox.control.userById(this.#adminTelegramId).chat()
    return messages.map(({ text = '' }) => text)
  }

  /** Asks the ledger whether its books add up. */
  verifyLedger() {
    return this.#services.balance.verify()
  }

  /** Lets a day happen, and all that falls due on it. */
  async playDay(day: number): Promise<void> {
    await this.#confirm()
    if (day < JOIN_DAYS) await this.#join(day)
    await this.#readInvitations(day)
    await this.#redeem(day)
    await this.#visit(day)
    if (day === RING.to + 10) await this.#takeBackFromRing()
    const { clock } = this.launchpad.sandbox.control
    if (day % GIVING_DAYS === 0) {
      // Away from the instant at which people signed up, as that is when referrals get older.
      await clock.advanceTo(addMinutes(this.#startsAt, day * DAY_MINUTES + 120))
      await this.#giveCodesAway(day)
    }
    await clock.advanceTo(addMinutes(this.#startsAt, (day + 1) * DAY_MINUTES))
  }

  /** One after the other: their order is their place in the queue. */
  async #join(day: number): Promise<void> {
    const isRingDay = day >= RING.from && day < RING.to
    const until = Math.round((day + 1) * this.#joinsPerDay)
    for (; this.#joined < until; this.#joined += 1) {
      const number = this.#joined
      const isMadeUp = isRingDay && this.#chance.whole(1, 4) === 1
      const isByEmail = isMadeUp || this.#chance.whole(1, 20) === 1
      const telegramId = isByEmail ? undefined : this.#firstTelegramId + number
      const email = isByEmail ? `${isMadeUp ? 'ring+' : 'person'}${number}@example.org` : undefined
      const referralCode = this.#inviter(isMadeUp)?.referralCode
      const { entry } = await this.#services.waitlist.join({
        ...(email === undefined ? await this.#userOf(telegramId ?? 0) : { email }),
        useCase: isMadeUp ? (USE_CASES[3] ?? '') : this.#chance.pick(USE_CASES),
        persona: isMadeUp ? 'agency' : this.#chance.pick<Persona>(PERSONAS),
        ...(referralCode === undefined ? {} : { referralCode }),
      })
      this.#people.push({
        ...{ entryId: entry.id, referralCode: entry.referralCode, telegramId, email, isMadeUp },
        ...{ isConfirmed: email === undefined, redeemsOn: undefined },
        ...{ userId: undefined, admittedOn: undefined },
      })
    }
  }

  /** Half of the people come by somebody's link; the ring by that of its three leaders. */
  #inviter(isMadeUp: boolean): Somebody | undefined {
    if (isMadeUp) return this.#people[this.#chance.whole(0, 2)]
    const isBrought = this.#people.length > 10 && this.#chance.whole(0, 1) === 1
    if (!isBrought) return undefined
    // Few people bring many.
    const circle = this.#chance.whole(1, 4) === 1 ? this.#people.length : 40
    return this.#people[this.#chance.whole(0, Math.min(circle, this.#people.length) - 1)]
  }

  async #userOf(telegramId: number): Promise<{ userId: string }> {
    const user = {
      id: BigInt(telegramId),
      firstName: 'User',
      languageCode: 'en',
      username: null,
      lastName: null,
    }
    return { userId: (await this.#services.users.getOrCreateFromTelegram(user)).id }
  }

  /** Whoever joined by an address follows the link of the mail. */
  async #confirm(): Promise<void> {
    for (const somebody of this.#people) {
      if (somebody.isConfirmed) continue
      const token = (await this.#readMail(somebody)).match(/#confirm=([\w-]+)/)?.[1]
      if (token === undefined) throw new Error(`${somebody.email} got no link`)
      await this.#services.waitlist.confirm(token)
      somebody.isConfirmed = true
    }
  }

  /** Who has an invitation makes up their mind when to redeem it, if at all. */
  async #readInvitations(day: number): Promise<void> {
    const invited = await this.rows(
      z.object({ id: z.string() }),
      `select id from gramkit.waitlist_entry where status = 'invited' order by seq`,
    )
    const ids = new Set(invited.map(({ id }) => id))
    for (const somebody of this.#people) {
      if (!ids.has(somebody.entryId)) somebody.redeemsOn = undefined
      else if (somebody.redeemsOn === undefined) {
        const isKeen = somebody.isMadeUp || this.#chance.whole(1, 20) <= 17
        somebody.redeemsOn = isKeen ? day + this.#chance.whole(0, 2) : null
      }
    }
  }

  async #redeem(day: number): Promise<void> {
    for (const somebody of this.#people) {
      if (somebody.redeemsOn !== day) continue
      const { email, telegramId } = somebody
      const told = email === undefined ? this.#readChat(telegramId) : this.#readMail(somebody)
      const [code] = (await told).match(CODE) ?? []
      if (code === undefined) throw new Error(`${email ?? telegramId} was told no code`)
      const who = email === undefined ? await this.#userOf(telegramId ?? 0) : { email }
      somebody.userId = (await this.#services.admissions.redeem({ code, ...who })).userId
      somebody.admittedOn = day
    }
  }

  async #readMail({ email = '' }: Somebody): Promise<string> {
    const mails = await this.launchpad.sandbox.control.mailbox(email)
    return mails.findLast(({ text }) => CODE.test(text) || text.includes('#confirm='))?.text ?? ''
  }

  async #readChat(telegramId = 0): Promise<string> {
    const messages = await this.launchpad.sandbox.control.userById(telegramId).chat()
    return messages.findLast(({ text = '' }) => CODE.test(text))?.text ?? ''
  }

  /** Who has earned codes gives them to friends, who need not wait. */
  async #giveCodesAway(day: number): Promise<void> {
    const earners = await this.rows(
      z.object({ id: z.string() }),
      `select id from gramkit.waitlist_entry e where exists (
         select from gramkit.referral_reward r where r.entry_id = e.id) order by seq`,
    )
    for (const { id } of earners) {
      const { codes } = await this.#services.rewards.earn(id)
      for (const { code, status } of codes) {
        // Some keep theirs until they expire.
        if (status !== 'active' || this.#chance.whole(1, 2) === 1) continue
        const email = `friend${this.#friends++}@example.org`
        const admission = await this.#services.admissions.redeem({ code, email })
        this.#people.push({
          ...{ entryId: admission.entryId, referralCode: undefined, telegramId: undefined, email },
          ...{ isMadeUp: false, isConfirmed: true, redeemsOn: undefined },
          ...{ userId: admission.userId, admittedOn: day },
        })
      }
    }
  }

  /** People come by often at first, then once a week; made-up ones until they count. */
  async #visit(day: number): Promise<void> {
    for (const { admittedOn, isMadeUp, userId = '' } of this.#people) {
      if (admittedOn === undefined) continue
      const daysIn = day - admittedOn
      const isComing = isMadeUp ? daysIn < MADE_UP_DAYS : this.#comesBy(day, daysIn)
      if (isComing) await this.#services.visits.record(userId, { via: 'startapp' })
    }
  }

  #comesBy(day: number, daysIn: number): boolean {
    const percent = daysIn < 5 ? 60 : 15
    const back = Math.min(1, Math.max(0, (day - SLUMP.to) / RETURN_DAYS))
    const share = day < SLUMP.from ? 1 : Math.max(0.04, back)
    return this.#chance.whole(1, 1_000) <= percent * 10 * share
  }

  /** An administrator looks at what is flagged and takes it back. */
  async #takeBackFromRing(): Promise<void> {
    const flagged = await this.rows(
      z.object({ id: z.string() }),
      `select id from gramkit.referral where 'plus_address' = any(flags) and status <> 'shared'`,
    )
    for (const { id } of flagged) {
      await this.#services.referrals.clawBack(id, { actor: 'admin', reason: 'made up' })
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.end()
    await this.launchpad[Symbol.asyncDispose]()
  }
}
