import { createHmac } from 'node:crypto'
import { assert, type Clock, newId } from '@gramkit/core/kernel'
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import { z } from 'zod'

const KEY_TTL_MS = 3_600_000
const JOURNAL_PAGE = 2
const OUTAGE = [503, 429, 500]

const chargeCall = z.strictObject({
  cents: z.int().positive(),
  currency: z.enum(['EUR', 'USD']),
  reference: z.string(),
  hold: z.boolean().default(false),
  keep_card: z.boolean().default(false),
  back_to: z.string().nullable().default(null),
  /** A card that was kept: the money is taken at once. */
  card: z.string().optional(),
})
const takeCall = z.strictObject({ charge: z.string(), cents: z.int().positive() })
const voidCall = z.strictObject({ charge: z.string() })
const returnCall = z.strictObject({
  charge: z.string(),
  cents: z.int().positive(),
  reference: z.string(),
})
const journalCall = z.object({
  from: z.coerce.date(),
  before: z.coerce.date(),
  after: z.string(),
})
const findCall = z.object({ id: z.string().optional(), reference: z.string().optional() })

interface ToyCharge {
  readonly id: string
  readonly reference: string
  readonly currency: 'EUR' | 'USD'
  readonly hold: boolean
  readonly keep_card: boolean
  readonly pay_at: string
  /** What was asked for, and once it is taken, what was taken. */
  cents: number
  state: 'open' | 'reserved' | 'paid' | 'voided' | 'declined'
  decline: string | null
  card: string | null
}

interface ToyReturn {
  readonly id: string
  readonly charge: string
  readonly reference: string
  readonly cents: number
  readonly currency: 'EUR' | 'USD'
}

interface Line {
  readonly line: string
  readonly at: number
  readonly charge?: ToyCharge
  readonly return?: ToyReturn
}

interface Answer {
  readonly status: number
  readonly body: object
}

/** How Toy Pay misbehaves: it answers nothing after the effect, hangs after it, or does nothing. */
type ToyFault = 'lost' | 'hanging' | 'away'

interface Page {
  readonly charges: readonly ToyCharge[]
  readonly returns: readonly ToyReturn[]
  /** Where the journal goes on. */
  readonly next: string
  readonly more: boolean
}

const no = (status: number, code: string): Answer => ({ status, body: { code } })

/** A copy, as an answer that is repeated must not change. */
const yes = (body: object): Answer => ({ status: 200, body: structuredClone(body) })
const page = (part: Partial<Page>): Answer =>
  yes({ charges: [], returns: [], next: '', more: false, ...part })

/**
 * A payment provider to write a gateway for: charges in whole cents, kept cards, returns, a journal
 * and signed notices, over HTTP.
 */
export class ToyPayProvider implements AsyncDisposable {
  readonly secretKey = 'toy_secret-of-the-shop-in-its-tests'
  readonly noticeSecret = 'toy_secret-of-notices-in-its-tests'
  readonly charges: ToyCharge[] = []
  readonly returns: ToyReturn[] = []
  readonly #journal: Line[] = []
  readonly #keys = new Map<string, { at: number; call: string; answer: Answer }>()
  readonly #cards = new Map<string, { isLost: boolean }>()
  readonly #clock: Clock
  readonly #app: FastifyInstance
  #fault: ToyFault | undefined
  #refusals = 0
  #url = ''

  private constructor(clock: Clock) {
    this.#clock = clock
    this.#app = fastify({ forceCloseConnections: true })
  }

  /** Starts it on loopback. */
  static async start(clock: Clock): Promise<ToyPayProvider> {
    const provider = new ToyPayProvider(clock)
    provider.#misbehave()
    provider.#takeCharges()
    provider.#takeReturns()
    provider.#tell()
    provider.#url = await provider.#app.listen({ host: '127.0.0.1', port: 0 })
    return provider
  }

  /** Where its API begins. */
  get url(): string {
    return this.#url
  }

  /** Misbehaves from now on; undefined ends it. */
  fail(fault: ToyFault | undefined): void {
    this.#fault = fault
  }

  /** Somebody pays on its page; the money is taken, or reserved. */
  pay(chargeId: string): void {
    const charge = this.#find(chargeId)
    assert(charge?.state === 'open', 'Only an open charge can be paid')
    if (charge.keep_card) {
      charge.card = `card-${charge.id}`
      this.#cards.set(charge.card, { isLost: false })
    }
    if (charge.hold) charge.state = 'reserved'
    else this.#take(charge, charge.cents)
  }

  /** The bank never lets a card be charged again. */
  loseCard(card: string): void {
    this.#cards.set(card, { isLost: true })
  }

  /** Tells the shop of a charge, with a signature; gives the status of the shop's answer. */
  async notify(
    webhookUrl: string,
    chargeId: string,
    secret: string = this.noticeSecret,
  ): Promise<number> {
    const body = JSON.stringify({ notice: `notice-of-${chargeId}`, charge: chargeId })
    const signature = createHmac('sha256', secret).update(body).digest('hex')
    const response = await fetch(webhookUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'toy-signature': signature },
      body,
    })
    return response.status
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#app.close()
  }

  #misbehave(): void {
    this.#app.addHook('onRequest', async (request, reply) => {
      if (this.#fault === 'away') {
        this.#refusals += 1
        return reply.code(OUTAGE[this.#refusals % OUTAGE.length] ?? 503).send({ code: 'away' })
      }
      if (request.headers.authorization === `Toy ${this.secretKey}`) return undefined
      return reply.code(401).send({ code: 'who_are_you' })
    })
    this.#app.addHook('onSend', async (request, _reply, payload) => {
      if (this.#fault === 'lost') request.raw.socket.destroy()
      if (this.#fault === 'hanging') await new Promise(() => undefined)
      return payload
    })
  }

  #takeCharges(): void {
    this.#post('/charges', (body) => {
      const { cents, currency, reference, hold, keep_card, card } = chargeCall.parse(body)
      const kept = card === undefined ? undefined : this.#cards.get(card)
      if (card !== undefined && !kept) return no(422, 'no_such_card')
      const id = newId()
      const charge: ToyCharge = {
        id,
        reference,
        currency,
        hold,
        cents,
        pay_at: `${this.#url}/pay/${id}`,
        state: 'open',
        decline: null,
        keep_card,
        card: null,
      }
      this.charges.push(charge)
      if (kept?.isLost) {
        charge.state = 'declined'
        charge.decline = 'card_lost'
      } else if (kept) this.#take(charge, cents)
      return yes(charge)
    })
    this.#post('/takes', (body) => {
      const { charge: id, cents } = takeCall.parse(body)
      const charge = this.#find(id)
      if (charge?.state === 'paid' && charge.cents === cents) return yes(charge)
      if (charge?.state !== 'reserved' || cents > charge.cents) return no(409, 'not_reserved')
      this.#take(charge, cents)
      return yes(charge)
    })
    this.#post('/voids', (body) => {
      const charge = this.#find(voidCall.parse(body).charge)
      if (charge?.state !== 'reserved' && charge?.state !== 'voided') return no(409, 'not_reserved')
      charge.state = 'voided'
      return yes(charge)
    })
  }

  #takeReturns(): void {
    this.#post('/returns', (body) => {
      const { charge: chargeId, cents, reference } = returnCall.parse(body)
      const charge = this.#find(chargeId)
      if (charge?.state !== 'paid') return no(422, 'not_paid')
      const given = this.returns.filter((each) => each.charge === chargeId)
      const left = given.reduce((rest, each) => rest - each.cents, charge.cents)
      if (cents > left) return no(422, 'more_than_was_paid')
      const { currency } = charge
      const made: ToyReturn = { id: newId(), charge: chargeId, reference, cents, currency }
      this.returns.push(made)
      this.#write({ return: made })
      return yes(made)
    })
  }

  #tell(): void {
    this.#app.get('/charges', async ({ query }, reply) =>
      this.#send(reply, page({ charges: this.charges.filter(wanted(query)) })),
    )
    this.#app.get('/returns', async ({ query }, reply) =>
      this.#send(reply, page({ returns: this.returns.filter(wanted(query)) })),
    )
    this.#app.get('/journal', async ({ query }, reply) => {
      const { from, before, after } = journalCall.parse(query)
      const begin = this.#journal.findIndex(({ line }) => line === after) + 1
      const lines = this.#journal
        .slice(begin)
        .filter(({ at }) => at >= from.getTime() && at < before.getTime())
      const part = lines.slice(0, JOURNAL_PAGE)
      return this.#send(
        reply,
        page({
          charges: part.flatMap(({ charge }) => charge ?? []),
          returns: part.flatMap((each) => each.return ?? []),
          next: part.at(-1)?.line ?? after,
          more: lines.length > JOURNAL_PAGE,
        }),
      )
    })
  }

  #find(chargeId: string): ToyCharge | undefined {
    return this.charges.find(({ id }) => id === chargeId)
  }

  /** A call with an effect: one for each key, for as long as the key is remembered. */
  #post(path: string, effect: (body: unknown) => Answer): void {
    this.#app.post(path, async ({ url, body, headers }, reply) => {
      const key = String(headers['toy-once'])
      return this.#send(
        reply,
        this.#once(key, JSON.stringify([url, body]), () => effect(body)),
      )
    })
  }

  #send(reply: FastifyReply, { status, body }: Answer): FastifyReply {
    return reply.code(status).send(body)
  }

  #once(key: string, call: string, effect: () => Answer): Answer {
    const at = this.#clock.now().getTime()
    const known = this.#keys.get(key)
    if (known && at - known.at < KEY_TTL_MS) {
      return known.call === call ? known.answer : no(409, 'key_of_another_call')
    }
    const answer = effect()
    if (answer.status === 200) this.#keys.set(key, { at, call, answer })
    return answer
  }

  #take(charge: ToyCharge, cents: number): void {
    charge.state = 'paid'
    charge.cents = cents
    this.#write({ charge })
  }

  #write(what: Pick<Line, 'charge' | 'return'>): void {
    this.#journal.push({ line: newId(), at: this.#clock.now().getTime(), ...what })
  }
}

function wanted(query: unknown): (thing: ToyCharge | ToyReturn) => boolean {
  const { id, reference } = findCall.parse(query)
  return (thing) => thing.id === id || thing.reference === reference
}
