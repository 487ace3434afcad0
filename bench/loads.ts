// What is asked of the service in the measurements.

import type { Load } from './machine.ts'
import { comment } from './sentences.ts'

export const SITE = 'phuong-do'
export const MEASURED = 'bai-do'
export const LARGE_ARTICLE = 'bai-lon'

/** Posts of different texts to two hundred articles. */
export function posts(): Load['requests'] {
  return Array.from({ length: 400 }, (_, n) => ({
    method: 'POST' as const,
    path: `/api/v1/sites/${SITE}/comments`,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ article: { key: `bai-${n % 200}` }, body: comment(100_000 + n * 12).body }),
  }))
}
