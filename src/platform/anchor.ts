// The anchor of the record as a file beside the database: how far the chain came, kept where the database cannot change it.
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Anchor } from '../services.ts'

/** A lock that old was left by a process that died: the work under it takes milliseconds. */
const STALE_LOCK_MS = 10_000

/** The anchor in this file. Of two processes that raise it at once one does, and the other leaves it to its next minute. */
export function fileAnchor(path: string): Anchor {
  return {
    read: async () => readKept(path),
    async raise(text, isFurther) {
      underLock(path, () => {
        if (isFurther(readKept(path))) write(path, text)
      })
    },
    async replace(text) {
      const aside = `${path}.${new Date().toISOString().replaceAll(/[:.]/g, '-')}`
      const isThere = readKept(path) !== null
      if (isThere) renameSync(path, aside)
      if (text !== null) write(path, text)
      return isThere ? aside : null
    },
  }
}

function readKept(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

function underLock(path: string, work: () => void): void {
  const lock = `${path}.lock`
  mkdirSync(dirname(path), { recursive: true })
  const held = locked(lock)
  if (held === null) return
  try {
    work()
  } finally {
    closeSync(held)
    rmSync(lock, { force: true })
  }
}

function locked(lock: string): number | null {
  try {
    return openSync(lock, 'wx', 0o600)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    const isStale = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > STALE_LOCK_MS
    if (isStale) rmSync(lock, { force: true })
    return null
  }
}

/** Whole or not at all, and on the disk before it is said to be. */
function write(path: string, text: string): void {
  const beside = `${path}.new`
  const file = openSync(beside, 'w', 0o600)
  try {
    writeSync(file, `${text}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(beside, path)
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
