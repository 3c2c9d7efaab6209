/** Work that repeats: on every wake, and slowly behind it in case a wake was missed. */
export interface Loop {
  wake(): void
  /** Resolves when the round that runs, if any, has ended. */
  stop(): Promise<void>
}

/** How a loop repeats its work. */
export interface LoopOptions {
  readonly everyMs: number
  /** One round, never two at once; true when more is waiting already. */
  round(): Promise<boolean>
  onError(error: unknown): void
}

/** Starts a loop with a first round right away. */
export function startLoop({ everyMs, round, onError }: LoopOptions): Loop {
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  let wanted = false
  let stopped = false

  const work = async (): Promise<void> => {
    do {
      wanted = false
      try {
        wanted = (await round()) || wanted
      } catch (error) {
        onError(error)
      }
    } while (wanted && !stopped)
    running = undefined
    if (!stopped) timer = setTimeout(wake, everyMs)
  }

  function wake(): void {
    wanted = true
    if (stopped || running) return
    clearTimeout(timer)
    running = work()
  }

  wake()
  return {
    wake,
    async stop() {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}
