// Whether a service with a million comments is as quick as one with five thousand: reading, posting, the queue, starting.
import { spawnSync } from 'node:child_process'
import { LARGE_ARTICLE, posts, SITE } from './loads.ts'
import { type Figure, type Load, measure, memoryOf, round, start, stop } from './machine.ts'

const SIZES = [5_000, 200_000, 1_000_000] as const

export type Grown = { comments: number; startMs: number; memoryMb: number; figures: Record<'read' | 'post' | 'queue', Figure> }

/** Measures the service at each size, on one database that grows. */
export async function growth(env: NodeJS.ProcessEnv, base: string, token: string): Promise<Grown[]> {
  const grown: Grown[] = []
  for (const comments of SIZES) {
    const { status } = spawnSync(process.execPath, ['bench/grow.ts', String(comments)], { env, stdio: 'inherit' })
    if (status !== 0) throw new Error(`could not grow to ${comments}`)
    const startedAt = performance.now()
    const server = await start(['bin/ykien.js', 'serve'], env, 'listens')
    const startMs = Math.round(performance.now() - startedAt)
    const one = async (load: Omit<Load, 'base'>) => (await measure({ base, ...load })).ours
    const figures = {
      read: await one({
        requests: [
          { method: 'GET', path: `/api/v1/sites/${SITE}/threads?key=${LARGE_ARTICLE}&limit=100`, headers: { 'Accept-Encoding': 'br' } },
        ],
      }),
      post: await one({ requests: posts(), connections: 64 }),
      queue: await one({
        requests: [
          { method: 'GET', path: `/api/v1/admin/sites/${SITE}/queue?state=pending`, headers: { Authorization: `Bearer ${token}` } },
        ],
        connections: 8,
      }),
    }
    grown.push({ comments, startMs, memoryMb: memoryOf(server.pid ?? 0), figures })
    await stop(server)
    console.log(JSON.stringify(grown.at(-1)))
  }
  return grown
}

/** How much slower a figure became from the first size to this one. */
export function slower(grown: readonly Grown[], index: number, what: keyof Grown['figures']): number {
  const [first, now] = [grown[0], grown[index]]
  return first && now ? round(first.figures[what].requests / now.figures[what].requests) : 0
}
