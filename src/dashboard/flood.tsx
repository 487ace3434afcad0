// The banner over every page of the desk while articles are in flood: which, since when and how much.
import { readFloods } from '../core/abuse/flood.ts'
import { dateTime, fill } from '../i18n/format.ts'
import { type Desk, queueHref } from './desk.ts'

/** Nothing on an ordinary day. */
export async function FloodBanner({ desk }: { desk: Desk }) {
  const floods = await readFloods(desk.ctx)
  if (floods.length === 0) return null
  const words = desk.words.abuse
  return (
    <section class="floods" aria-label={words.floods}>
      {floods.map(({ thread, since, taken, refused }) => (
        <p>
          <a href={queueHref(desk, { state: 'pending', article: thread.id })}>
            <bdi>{thread.title || thread.key}</bdi>
          </a>
          : {fill(words.floodLine, { time: dateTime(since), taken, refused })}
        </p>
      ))}
      <p class="hint">{words.floodHint}</p>
    </section>
  )
}
