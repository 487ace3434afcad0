// How often the disk itself is asked to hold what was acknowledged: calls of fdatasync and fsync for each post, counted by strace.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { posts } from './loads.ts'
import { folder, measure, RUNS, round, start, type stop } from './machine.ts'

export type Syncs = { connections: number; posts: number; syncs: number; each: number }

/** Counts at 64 connections and at one. Throws where there is no strace. */
export async function syncs(env: NodeJS.ProcessEnv, base: string, path: string): Promise<Syncs[]> {
  if (spawnSync('which', ['strace']).status !== 0) throw new Error('counting needs strace: run "apt-get install strace"')
  const counted: Syncs[] = []
  for (const connections of [64, 1]) {
    const trace = join(folder, `strace-${connections}.txt`)
    const before = comments(path)
    const traced = ['strace', '-f', '-c', '-U', 'calls,name', '-e', 'trace=fdatasync,fsync', '-o', trace]
    const server = await start(['bin/ykien.js', 'serve'], env, 'listens', traced)
    await measure({ base, requests: posts(), connections })
    await stopTraced(server)
    const made = comments(path) - before
    const calls = existsSync(trace) ? [...readFileSync(trace, 'utf8').matchAll(/^\s*(\d+)\s+f(?:data)?sync/gm)] : []
    const total = calls.reduce((sum, [, n]) => sum + Number(n), 0)
    counted.push({ connections, posts: made, syncs: total, each: round(total / made) })
    console.log(JSON.stringify({ ...counted.at(-1), runs: RUNS }))
  }
  return counted
}

/** strace hands no signal on: the program it traces is told, and strace ends with it. */
async function stopTraced(tracer: Parameters<typeof stop>[0]): Promise<void> {
  const gone = new Promise((resolve) => tracer.once('exit', resolve))
  const children = readFileSync(`/proc/${tracer.pid}/task/${tracer.pid}/children`, 'utf8').trim().split(' ')
  for (const child of children) process.kill(Number(child), 'SIGTERM')
  await gone
}

function comments(path: string): number {
  const database = new Database(path, { readonly: true })
  const { n } = database.prepare('SELECT count(*) AS n FROM comment').get() as { n: number }
  database.close()
  return n
}
