// The page of one comment while it is open: says so and hears who else has it open, and puts its timeline as it is now when anything
// was done. It blocks nobody. Nothing here on other pages.
import type { ViewingAnswer } from '../comment.tsx'
import { isAttended, onReturn } from './attention.ts'
import { base, readPage, say, send } from './page.ts'

/** Two of them within the lease that the server gives (core/moderation/viewing.ts). */
const HEARTBEAT_MS = 20_000
/** Parts of the page that what colleagues do changes. */
const TOLD = ['item-state', 'in-hand', 'story']

const id = document.querySelector<HTMLElement>('main[data-item]')?.dataset.item
const line = document.getElementById('here')

/** Begins to say that the page is open. */
export function openItem(): void {
  if (id === undefined) return
  void beat()
  setInterval(() => void beat(), HEARTBEAT_MS)
  document.addEventListener('visibilitychange', () => void beat())
  onReturn(() => void beat())
}

/** Puts what was done as it is now, but for a part in which somebody is at work. */
export async function retell(): Promise<void> {
  if (id === undefined) return
  const page = await readPage(`${base}/comments/${id}`)
  for (const name of TOLD) {
    const [part, fresh] = [document.getElementById(name), page?.getElementById(name)]
    if (!part || !fresh || isInUse(part)) continue
    document.adoptNode(fresh)
    part.replaceWith(fresh)
  }
}

async function beat(): Promise<void> {
  if (!line || document.hidden || !isAttended()) return
  const answered = await send<ViewingAnswer>(`${base}/comments/${id}/viewing`, new URLSearchParams())
  if (!answered.ok || line.textContent === answered.answer.sentence) return
  line.textContent = answered.answer.sentence
  line.hidden = line.textContent === ''
  if (!line.hidden) say(answered.answer.sentence)
}

/** Whether taking a part away would take what somebody typed, chose or is about to press. */
function isInUse(part: HTMLElement): boolean {
  const isChosen = [...part.querySelectorAll('select')].some(
    ({ options, selectedIndex }) => selectedIndex > 0 && options[selectedIndex]?.defaultSelected !== true,
  )
  return part.contains(document.activeElement) || part.querySelector('details[open]') !== null || isChosen
}
