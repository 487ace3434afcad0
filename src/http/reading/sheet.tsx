// The frame of every page for readers without script, and the pieces they share: what is wrong, a labelled field, what a form carries.
import type { Child } from 'hono/jsx'
import { viewSite } from '../../core/comments/views.ts'
import type { AppContext } from '../door.ts'
import { allowPage, nonceOf, Page } from '../page.tsx'
import type { Problem } from '../problem.ts'
import { carriedBy, type Place } from './place.ts'

/**
 * Tells a portal that asked for a framed page how high it is, whenever that changes. Only the site's own origins are told; the
 * numbers are no secret, but nobody else asked.
 */
const TELL_HEIGHT = `const origins=JSON.parse(document.currentScript.dataset.origins);
const known=origins.filter((origin)=>document.referrer.startsWith(origin+'/'));
const tell=()=>{const height=Math.ceil(document.documentElement.getBoundingClientRect().height);for(const origin of known.length?known:origins)parent.postMessage({type:'ykien:height',height},origin)};
if(parent!==window){new ResizeObserver(tell).observe(document.documentElement);tell()}`

/** Answers with a page of the site that its own portal may frame. */
export function answerSheet(
  c: AppContext,
  place: Place,
  page: { title: string; heading: string; isPrivate?: boolean; script?: string; status?: 200 | Problem['status']; content: Child },
): Response | Promise<Response> {
  const { site } = place.ctx
  const hasScript = place.isFramed || page.script !== undefined
  allowPage(c, { frameAncestors: ["'self'", ...site.origins].join(' '), ...(hasScript ? { script: 'nonce' } : {}) })
  if (page.isPrivate) c.header('cache-control', 'no-store')
  return c.html(
    <Page language={place.language} title={page.title} style="/assets/page.css" {...(place.isFramed ? { bodyClass: 'framed' } : {})}>
      <main class="sheet">
        {!place.isFramed && <p class="agency">{site.settings.agency ?? site.name}</p>}
        <h1>{page.heading}</h1>
        {page.content}
        {!place.isFramed && <Office place={place} />}
      </main>
      {page.script !== undefined && <script nonce={nonceOf(c)} dangerouslySetInnerHTML={{ __html: page.script }} />}
      {place.isFramed && (
        <script nonce={nonceOf(c)} data-origins={JSON.stringify(site.origins)} dangerouslySetInnerHTML={{ __html: TELL_HEIGHT }} />
      )}
    </Page>,
    (page.status ?? 200) as 200,
  )
}

/** Who answers for the section and how they are reached, where the site says so (Decree 147/2024, article 24). */
function Office({ place }: { place: Place }) {
  const { site } = place.ctx
  const { contact } = viewSite(place.ctx)
  const reached = [contact.address, contact.person, contact.phone, contact.email].filter((each) => each !== null)
  if (reached.length === 0) return null
  return (
    <footer class="office">
      <p>
        <strong>{site.settings.agency ?? site.name}</strong>
      </p>
      {reached.map((each) => (
        <p>{each}</p>
      ))}
    </footer>
  )
}

/** What is wrong, in a box that the browser goes to first; each fault leads to its field. */
export function Alert(props: { problem: Problem; fields?: Readonly<Record<string, string>> }) {
  const errors = props.problem.errors ?? []
  const fieldOf = (pointer: string) => props.fields?.[pointer]
  return (
    <div class="alert" role="alert" id="problem" tabindex={-1}>
      {errors.length === 1 && errors[0] && fieldOf(errors[0].pointer) ? (
        <p>
          <a href={`#f-${fieldOf(errors[0].pointer)}`}>{errors[0].detail}</a>
        </p>
      ) : (
        <p>{props.problem.detail}</p>
      )}
      {errors.length > 1 && (
        <ul>
          {errors.map((error) => (
            <li>{fieldOf(error.pointer) ? <a href={`#f-${fieldOf(error.pointer)}`}>{error.detail}</a> : error.detail}</li>
          ))}
        </ul>
      )}
    </div>
  )
}

/** The ids that a field's control refers to with `aria-describedby`; undefined when nothing describes it. */
export function describedBy(name: string, hint: string | undefined, fault: string | undefined): string | undefined {
  return [hint && `h-${name}`, fault && `e-${name}`].filter(Boolean).join(' ') || undefined
}

/** A labelled control with its hint and what is wrong with it. */
export function Field(props: {
  name: string
  label: string
  remark?: string
  hint?: string | undefined
  fault?: string | undefined
  children?: Child
}) {
  return (
    <div class="field">
      <label for={`f-${props.name}`}>
        {props.label}
        {props.remark && <span class="remark"> ({props.remark.toLowerCase()})</span>}
      </label>
      {props.hint && (
        <p class="hint" id={`h-${props.name}`}>
          {props.hint}
        </p>
      )}
      {props.children}
      {props.fault && (
        <p class="fault" id={`e-${props.name}`}>
          {props.fault}
        </p>
      )}
    </div>
  )
}

/** The hidden fields by which a form comes back to its place. */
export function Carried(props: { place: Place; more?: Record<string, string> }) {
  return (
    <>
      {Object.entries({ ...carriedBy(props.place), ...props.more }).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
    </>
  )
}
