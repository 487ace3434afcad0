// How well the site's own decisions order what waits, for those who set the site. Read only: the switch is among the settings.
import { readQuality } from '../core/moderation/lessons.ts'
import type { AppContext } from '../http/door.ts'
import { allowPage } from '../http/page.tsx'
import { fill } from '../i18n/format.ts'
import { openDesk } from './desk.ts'
import { Frame } from './parts.tsx'

/** GET /desk/:site/learning */
export async function showLearning(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const quality = await readQuality(desk.ctx)
  const words = desk.words.screening
  const percent = (share: number) => String(Math.round(100 * share))
  allowPage(c, { frameAncestors: "'none'", script: 'nonce', connect: true })
  return c.html(
    <Frame desk={desk} title={words.learning}>
      <main class="single" id="main" tabindex={-1}>
        <h1>{words.learning}</h1>
        <p>{words.learningHint}</p>
        <p class="notice">{!quality.isOn ? words.learningOff : quality.isTrained ? words.learningOn : words.learningYoung}</p>
        <dl class="facts">
          <dt>{words.learnedTexts}</dt>
          <dd>{fill(words.learnedCounts, { kept: quality.texts.kept, refused: quality.texts.refused })}</dd>
          <dt>{words.learningQuality}</dt>
          <dd>
            {quality.area === null || quality.caught === null
              ? words.learningUnknown
              : fill(words.learningArea, { n: percent(quality.area), caught: percent(quality.caught), judged: quality.judged })}
          </dd>
        </dl>
      </main>
    </Frame>,
  )
}
