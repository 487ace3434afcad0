// Searching and narrowing the queue: a plain form whose fields are the page's address, so that it can be kept, sent and gone back to.
import { OPINION_KINDS } from '../core/context.ts'
import type { Colleague } from '../core/moderation/assign.ts'
import { SIGNAL_CODES } from '../core/screening/signal.ts'
import { MAX_ARTICLE_LENGTH, MAX_SEARCH_LENGTH } from '../http/shapes.ts'
import { type Desk, isNarrowed, type ListedState, type Place, queueHref } from './desk.ts'

/** The form, filled in with the place it is on; `states` are the tabs in their order, `people` those who can have something in hand. */
export function Filters(props: { desk: Desk; place: Place; states: readonly ListedState[]; people: readonly Colleague[] }) {
  const { desk, place } = props
  const isNamed = ['', 'me', 'none', ...props.people.map(({ id }) => id)].includes(place.assignee ?? '')
  const words = desk.words.desk
  const isOpen = isNarrowed({ ...place, q: undefined }) || place.sort !== undefined
  return (
    <search>
      <form class="filters" method="get" action={`${desk.base}/queue`}>
        <div class="find">
          <label for="q">{words.search}</label>
          <input id="q" type="search" name="q" value={place.q ?? ''} maxlength={MAX_SEARCH_LENGTH} lang="vi" aria-describedby="q-hint" />
          <button type="submit">{words.searchGo}</button>
        </div>
        <p class="hint" id="q-hint">
          {words.searchHint}
        </p>
        <details open={isOpen || place.state === 'any'}>
          <summary>{words.filter}</summary>
          <div class="choices">
            <Choice name="state" label={words.stateLabel} chosen={place.state}>
              {[...props.states.map((state) => [state, desk.words.states[state]] as const), ['any', words.anyState] as const]}
            </Choice>
            <div class="field">
              <label for="article">{words.articleLabel}</label>
              <input id="article" name="article" value={place.article ?? ''} maxlength={MAX_ARTICLE_LENGTH} />
            </div>
            <Choice name="kind" label={words.kindLabel} chosen={place.kind ?? ''}>
              {[['', words.anyKind] as const, ...OPINION_KINDS.map((kind) => [kind, desk.words.kinds[kind]] as const)]}
            </Choice>
            <Choice name="signal" label={words.signalLabel} chosen={place.signal ?? ''}>
              {[['', words.anySignal] as const, ...SIGNAL_CODES.map((code) => [code, desk.words.signals[code]] as const)]}
            </Choice>
            <Choice name="assignee" label={words.assigneeLabel} chosen={place.assignee ?? ''}>
              {[
                ['', words.anySignal] as const,
                ['me', words.assigneeMe] as const,
                ['none', words.assigneeNone] as const,
                ...props.people.map(({ id, name }) => [id, name] as const),
                // Somebody who no longer works here may still have something in hand.
                ...(place.assignee && !isNamed ? [[place.assignee, words.assigneeOther] as const] : []),
              ]}
            </Choice>
            {place.author !== undefined && (
              <Choice name="author" label={words.authorLabel} chosen={place.author}>
                {[['', words.anySignal] as const, [place.author, words.authorSame] as const]}
              </Choice>
            )}
            <Choice name="reported" label={words.reportedLabel} chosen={place.reported ?? ''}>
              {[['', words.anySignal] as const, ['1', words.reportedOnly] as const]}
            </Choice>
            <div class="field">
              <label for="from">{words.fromLabel}</label>
              <input id="from" type="date" name="from" value={place.from ?? ''} />
            </div>
            <div class="field">
              <label for="to">{words.toLabel}</label>
              <input id="to" type="date" name="to" value={place.to ?? ''} />
            </div>
            <Choice name="sort" label={words.sortLabel} chosen={place.sort ?? ''}>
              {[
                ['', words.sortUsual] as const,
                ['oldest', words.sortOldest] as const,
                ['newest', words.sortNewest] as const,
                ['article', words.sortArticle] as const,
                ['urgent', words.sortUrgent] as const,
                ['suspect', words.sortSuspect] as const,
              ]}
            </Choice>
          </div>
          <button type="submit">{words.filterGo}</button>
        </details>
        {(isNarrowed(place) || place.state === 'any') && (
          <a class="clear" href={queueHref(desk, { state: place.state === 'any' ? 'pending' : place.state })}>
            {words.filterClear}
          </a>
        )}
      </form>
    </search>
  )
}

function Choice(props: { name: string; label: string; chosen: string; children: (readonly [value: string, label: string])[] }) {
  return (
    <div class="field">
      <label for={props.name}>{props.label}</label>
      <select id={props.name} name={props.name}>
        {props.children.map(([value, label]) => (
          <option value={value} selected={value === props.chosen}>
            {label}
          </option>
        ))}
      </select>
    </div>
  )
}
