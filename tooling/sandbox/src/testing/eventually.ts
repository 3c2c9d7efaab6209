/** Waits, at most 20 seconds unless told otherwise, until a question has the wanted answer. */
export async function eventually<T>(
  ask: () => Promise<T>,
  isWanted: (answer: T) => boolean,
  withinMs = 20_000,
): Promise<T> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const answer = await ask()
    if (isWanted(answer) || performance.now() > deadline) return answer
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
