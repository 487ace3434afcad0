// Turns of the event loop, shared out: however many requests came at once, each turn begins one of them, so that readers who are
// answered from ready bytes, and new connections (Node takes one a turn), wait for one piece of work and not for all.

/** Gives null when the work may begin at once, else a promise that resolves when it is its turn, first come first served. */
export type Turns = () => Promise<void> | null

/** The turns of this process. */
export function createTurns(): Turns {
  const waiting: (() => void)[] = []
  let isTaken = false
  const next = () => {
    const begin = waiting.shift()
    isTaken = begin !== undefined
    if (begin === undefined) return
    setImmediate(next)
    begin()
  }
  return () => {
    if (isTaken) return new Promise((resolve) => waiting.push(resolve))
    isTaken = true
    setImmediate(next)
    return null
  }
}
