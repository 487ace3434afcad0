// Turns of the event loop, shared out: however many requests came at once, each turn begins one of them, so that readers who are
// answered from ready bytes, and new connections (Node takes one a turn), wait for one piece of work and not for all.

export type Turns = {
  /** Gives null when work may begin at once, else a promise that resolves when it is its turn, first come first served. */
  next(): Promise<void> | null
  /** The same work, counted until it is done. */
  counted<Result>(work: Result | Promise<Result>): Result | Promise<Result>
  /** Resolves when nothing that was counted is still being done. */
  idle(): Promise<void>
}

/** The turns of this process. */
export function createTurns(): Turns {
  const waiting: (() => void)[] = []
  const working = new Set<Promise<unknown>>()
  let isTaken = false
  const begin = () => {
    const first = waiting.shift()
    isTaken = first !== undefined
    if (first === undefined) return
    setImmediate(begin)
    first()
  }
  return {
    next() {
      if (isTaken) return new Promise((resolve) => waiting.push(resolve))
      isTaken = true
      setImmediate(begin)
      return null
    },
    counted(work) {
      if (!(work instanceof Promise)) return work
      const done = work.finally(() => working.delete(done))
      working.add(done)
      return done
    },
    async idle() {
      while (working.size > 0) await Promise.allSettled(working)
    },
  }
}
