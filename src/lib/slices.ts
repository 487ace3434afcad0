// Long work in small pieces, for duties that share a thread with those who wait for an answer.

/** Items worked on before others get their turn: together some milliseconds. */
const SLICE = 8

/** What `work` makes of each item, in their order, with a pause after every few. */
export async function mapInSlices<Item, Result>(
  items: readonly Item[],
  pause: () => Promise<void>,
  work: (item: Item) => Result,
): Promise<Result[]> {
  const results: Result[] = []
  for (const item of items) {
    if (results.length > 0 && results.length % SLICE === 0) await pause()
    results.push(work(item))
  }
  return results
}
