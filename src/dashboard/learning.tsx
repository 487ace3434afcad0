// How well the site's own decisions order what waits, for those who set the site. Read only: the switch is among the settings.
import { readQuality } from '../core/moderation/lessons.ts'
import type { AppContext } from '../http/door.ts'
import { fill } from '../i18n/format.ts'
import { room } from './account.tsx'
import { openDesk } from './desk.ts'

/** GET /desk/:site/learning */
export async function showLearning(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const quality = await readQuality(desk.ctx)
  const words = desk.words.screening
  const percent = (share: number) => String(Math.round(100 * share))
  return room(
    c,
    desk,
    words.learning,
    <>
      <p class="lead">{words.learningHint}</p>
      <section class="block">
        <p>{!quality.isOn ? words.learningOff : quality.isTrained ? words.learningOn : words.learningYoung}</p>
        <dl>
          <dt>{words.learnedTexts}</dt>
          <dd>{fill(words.learnedCounts, { kept: quality.texts.kept, refused: quality.texts.refused })}</dd>
        </dl>
        <dl>
          <dt>{words.learningQuality}</dt>
          <dd>
            {quality.area === null || quality.caught === null
              ? words.learningUnknown
              : fill(words.learningArea, { n: percent(quality.area), caught: percent(quality.caught), judged: quality.judged })}
          </dd>
        </dl>
      </section>
    </>,
  )
}
