// The page that gives the code to put into a portal's pages: for this site, ready to copy, with what a strict portal must allow.

import { z } from 'zod'
import { allow } from '../../core/context.ts'
import type { AppContext } from '../../http/door.ts'
import { openDesk } from '../desk.ts'
import { answerSettings } from './room.tsx'

const Release = z.object({ version: z.string(), path: z.string(), integrity: z.string() })

/** GET /desk/:site/settings/embed */
export async function showEmbed(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  allow(desk.ctx, 'queue.read')
  const words = desk.words.settings
  const { services, site } = desk.ctx
  const host = new URL(services.config.baseUrl).origin
  const asset = await services.asset('widget/release.json')
  const release = asset === null ? null : Release.safeParse(await new Response(asset.body).json()).data
  const element = `<y-kien site="${site.slug}" article="${words.embedKey}">\n  <canvas width="1" height="1200"></canvas>\n  <noscript><a href="${host}/r/${site.slug}?key=${words.embedKey}">${desk.words.reader.title}</a></noscript>\n</y-kien>`
  const samples = [
    {
      id: 'current',
      title: words.embedCurrent,
      hint: words.embedCurrentHint,
      code: `<script type="module" src="${host}/widget/v1.js"></script>\n${element}`,
    },
    ...(release
      ? [
          {
            id: 'pinned',
            title: words.embedPinned,
            hint: words.embedPinnedHint,
            code: `<script type="module" src="${host}${release.path}"\n  integrity="${release.integrity}" crossorigin></script>\n${element}`,
          },
        ]
      : []),
    { id: 'csp', title: words.embedCsp, hint: words.embedCspHint, code: `script-src ${host};\nconnect-src ${host};` },
    {
      id: 'counts',
      title: words.embedCounts,
      hint: words.embedCountsHint,
      code: `<script type="module" src="${host}/widget/counts.js"></script>\n<y-kien-count site="${site.slug}" article="${words.embedKey}"></y-kien-count>`,
    },
    {
      id: 'counts-api',
      title: words.embedCountsApi,
      hint: words.embedCountsApiHint,
      code: `GET ${host}/api/v1/sites/${site.slug}/counts?key=${words.embedKey}`,
    },
  ]
  return answerSettings(c, desk, {
    title: words.embed,
    content: (
      <>
        <p class="lead">{words.embedAbout}</p>
        {samples.map(({ id, title, hint, code }) => (
          <section class="group sample">
            <h2 id={`t-${id}`}>{title}</h2>
            <p class="hint">{hint}</p>
            {/* A text field rather than a block: one press of Ctrl+A or a long press takes it whole, also without script. */}
            <textarea readonly rows={code.split('\n').length + 1} spellcheck={false} aria-labelledby={`t-${id}`}>
              {`\n${code}`}
            </textarea>
          </section>
        ))}
        <section class="group">
          <h2>{words.embedKeyTitle}</h2>
          <p>{words.embedKeyHint}</p>
          <p>
            {site.origins.length === 0 ? words.originNone : words.embedOrigins}{' '}
            {[...site.origins].sort().map((origin) => (
              <>
                <code>{origin}</code>{' '}
              </>
            ))}
          </p>
        </section>
      </>
    ),
  })
}
