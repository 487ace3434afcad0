// docs/benchmarks.md from what was measured, with the notes on what was tried.
import { readFileSync } from 'node:fs'
import type { Edge } from './edge.ts'
import { type Grown, slower } from './growth.ts'
import { driver, type Figure, RUNS, SECONDS } from './machine.ts'
import type { Syncs } from './syncs.ts'

export type Row = { name: string; ours: Figure; floor: Figure; ratio: number; aim: string }
export type Measured = {
  rows: readonly Row[]
  postgres: readonly { name: string; ours: Figure }[]
  bytes: { identity: number; brotli: number; share: number; afterApproval: number }
  loaded: { posted: number; approved: number }
  memoryMb: number
  syncs: readonly Syncs[]
  grown: readonly Grown[]
  edge: Edge
}

/** The document. */
export function report(measured: Measured): string {
  const { rows, postgres, bytes, loaded, memoryMb, syncs, grown, edge } = measured
  const n = (value: number) => value.toLocaleString('en')
  const lines = rows.map(
    ({ name, ours, floor, ratio, aim }) =>
      `| ${name} | ${n(ours.requests)} | ${n(floor.requests)} | **${ratio}** | ${aim} | ${ours.p50} / ${ours.p99} | ${floor.p50} / ${floor.p99} |`,
  )
  const sizes = grown.map(
    ({ comments, startMs, memoryMb: memory, figures }, index) =>
      `| ${n(comments)} | ${(['read', 'post', 'queue'] as const).map((what) => `${n(figures[what].requests)} (×${slower(grown, index, what)})`).join(' | ')} | ${startMs} | ${memory} |`,
  )
  return `# Benchmarks

Written by \`npm run bench\`. The server has the whole machine, ${driver} keeps to one of its cores, ${SECONDS} s, the median of ${RUNS} runs taken in
turn with the floor. Absolute figures move from machine to machine; the ratio to the floor of the same run is what
counts. Floors: Hono on @hono/node-server answering a constant body of the same bytes (or an empty 304), the plain
rows as JSON, a single INSERT with \`synchronous=FULL\`.

| measured | requests/s | floor | ratio | aim | p50 / p99 ms | floor's |
| --- | --- | --- | --- | --- | --- | --- |
${lines.join('\n')}

The measured answer has ${n(bytes.identity)} bytes as JSON and ${n(bytes.brotli)} with brotli (${bytes.share}; right after an approval ${bytes.afterApproval}; the
aim is 0.35; built from a few hundred phrases the text compresses better than real comments do). While reading under
load ${n(loaded.posted)} comments were posted and ${n(loaded.approved)} approved. Memory after reading and posting: ${memoryMb} MB.

Calls of fdatasync and fsync for each acknowledged post, counted with strace: ${syncs.map((each) => `${each.each} at ${each.connections} connection${each.connections === 1 ? '' : 's'} (${n(each.syncs)} for ${n(each.posts)})`).join(', ')}.

## PostgreSQL

Debian's PostgreSQL on the same machine, its processes on either core; beside SQLite's figures above.

| measured | requests/s | p50 / p99 ms |
| --- | --- | --- |
${postgres.map(({ name, ours }) => `| ${name} | ${n(ours.requests)} | ${ours.p50} / ${ours.p99} |`).join('\n')}

## Growth

Requests a second, and how many times slower than at the first size (aim: 1.3). One article holds up to 50,000 comments; reading is
of its first page of 100, posting at 64 connections, the queue with its tab counts. Starting and memory are the server's.

| comments | reading | posting | queue | start ms | memory MB |
| --- | --- | --- | --- | --- | --- |
${sizes.join('\n')}

## At the edge

The worker's bundle has ${edge.bundleKb} kB gzip. Processor time of workerd's own process over 5,000 requests each. Here that process also holds the
development server and D1, which on Cloudflare's network are others' time; the floor is a worker in the same place that makes the same
journeys to D1 (one question for a read; two and a batch of five statements for a post) and answers a constant. What is above it is the program's.

| request | whole ms | floor ms | own ms | aim |
| --- | --- | --- | --- | --- |
| a cached read, proven by one question | ${edge.read.wholeMs} | ${edge.read.floorMs} | **${edge.read.ownMs}** | 1 |
| a post | ${edge.post.wholeMs} | ${edge.post.floorMs} | **${edge.post.ownMs}** | 8 |

${readFileSync('bench/notes.md', 'utf8')}`
}
