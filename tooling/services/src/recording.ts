import pg from 'pg'

/** A statement as it went to PostgreSQL. */
export interface Statement {
  readonly text: string
  readonly values: readonly unknown[]
}

/** What a piece of work said to PostgreSQL over node-postgres. */
export interface Recording {
  readonly statements: readonly Statement[]
  /** Times a connection with nothing under way was written to, so that somebody had to wait. */
  readonly roundTrips: number
}

let heard: ((client: object, args: readonly unknown[], answer: unknown) => void) | undefined

// Put in place before any connection is opened: the kit's connections keep the method they meet.
const original = pg.Client.prototype.query
Reflect.set(pg.Client.prototype, 'query', function (this: pg.Client, ...args: unknown[]): unknown {
  const answer: unknown = Reflect.apply(original, this, args)
  heard?.(this, args, answer)
  return answer
})

/**
 * Records everything that node-postgres sends from this process while some work runs. Import this
 * module before whatever opens connections.
 */
export async function record(work: () => Promise<unknown>): Promise<Recording> {
  const statements: Statement[] = []
  const waiting = new WeakMap<object, number>()
  let roundTrips = 0
  heard = (client, args, answer) => {
    statements.push(statementOf(args))
    const underWay = waiting.get(client) ?? 0
    if (underWay === 0) roundTrips += 1
    waiting.set(client, underWay + 1)
    const end = (): void => {
      waiting.set(client, (waiting.get(client) ?? 1) - 1)
    }
    Promise.resolve(answer).then(end, end)
  }
  try {
    await work()
  } finally {
    heard = undefined
  }
  return { statements, roundTrips }
}

function statementOf([first, second]: readonly unknown[]): Statement {
  const ofConfig = (name: string): unknown => Reflect.get(Object(first), name)
  const text = typeof first === 'string' ? first : String(ofConfig('text'))
  const values = Array.isArray(second) ? second : ofConfig('values')
  return { text, values: Array.isArray(values) ? values : [] }
}
