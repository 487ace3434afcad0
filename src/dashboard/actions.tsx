// What can be done with one comment, as the server says (core/moderation/acts.ts): buttons for plain verdicts, panels for those that
// need a word more. Each is a plain form; the page's script only saves the way to another page (client/).
import { REASONS, type Verdict } from '../core/comments/states.ts'
import type { DeskAct } from '../core/moderation/acts.ts'
import type { QueueItem } from '../core/moderation/queue.ts'
import { fill } from '../i18n/format.ts'
import { strings } from '../i18n/index.ts'
import { authorOf, type Desk, type Place, placeFields, quickReasons } from './desk.ts'

/** Verdicts at one press, in the order of their buttons. */
const ONE_PRESS = ['approve', 'hold', 'spam', 'hide'] as const satisfies readonly Verdict[]
/** Acts at one press that leave the text as it is. */
const PLAIN_ACTS = ['pin', 'unpin', 'close_article', 'open_article', 'dismiss_reports'] as const satisfies readonly DeskAct[]
const PANELS = ['mask', 'reply', 'return', 'seal'] as const
type Panel = 'reject' | (typeof PANELS)[number]
/** Characters of what is told to an author, as core takes them. */
const MAX_WORDS = 2_000

type Props = { desk: Desk; item: QueueItem; place: Place }

/** All that is legal. A panel is shown by the style sheet while its <details> is open, beside it, so that no button moves. */
export function Actions(props: Props) {
  const { desk, item } = props
  const words = desk.words.desk
  const { legal_verdicts: verdicts, legal_acts: acts } = item
  const plain = PLAIN_ACTS.filter((act) => acts.includes(act))
  const panels = PANELS.filter((panel) => (panel === 'mask' || panel === 'reply' ? acts.includes(panel) : verdicts.includes(panel)))
  if (verdicts.length === 0 && acts.length === 0) return null
  const press = (verdict: (typeof ONE_PRESS)[number]) =>
    verdicts.includes(verdict) && (
      <button class={`decide ${verdict}`} type="submit" form={`f-${item.id}`} name="verdict" value={verdict}>
        {words[verdict]}
      </button>
    )
  return (
    <fieldset class="actions">
      <legend class="unseen">{fill(words.decisions, { name: authorOf(desk, item) })}</legend>
      {verdicts.length > 0 && (
        <form id={`f-${item.id}`} method="post" action={`${desk.base}/decisions`} autocomplete="off" hidden>
          <Carried {...props} />
        </form>
      )}
      {press('approve')}
      {verdicts.includes('reject') && <Opener {...props} panel="reject" />}
      {press('hold')}
      {press('spam')}
      {press('hide')}
      <span class="row"></span>
      {panels.map((panel) => (
        <Opener {...props} panel={panel} />
      ))}
      {plain.length > 0 && (
        <form class="plain-acts" method="post" action={`${desk.base}/acts`}>
          <Carried {...props} />
          {plain.map((act) => (
            <button class="quiet" type="submit" name="act" value={act}>
              {words[act]}
            </button>
          ))}
        </form>
      )}
      {verdicts.includes('reject') && <RejectPanel {...props} />}
      {acts.includes('mask') && <MaskPanel {...props} />}
      {verdicts.includes('return') && <ReturnPanel {...props} />}
      {acts.includes('reply') && <ReplyPanel {...props} />}
      {verdicts.includes('seal') && <SealPanel {...props} />}
    </fieldset>
  )
}

function Opener({ desk, item, panel }: Props & { panel: Panel }) {
  return (
    <details class={`opener open-${panel}`} name={`panel-${item.id}`}>
      <summary class={panel === 'reject' ? 'decide' : 'quiet'}>{desk.words.desk[panel]}</summary>
    </details>
  )
}

function RejectPanel(props: Props) {
  const { desk, item } = props
  const words = desk.words.desk
  return (
    <form class="panel for-reject" method="post" action={`${desk.base}/decisions`} autocomplete="off">
      <Carried {...props} />
      <input type="hidden" name="verdict" value="reject" />
      <div class="quick">
        {quickReasons(desk).map((reason, index) => (
          <button type="submit" name="quick" value={reason} formnovalidate data-digit={index + 1}>
            <kbd>{index + 1}</kbd> {desk.words.reasons[reason]}
          </button>
        ))}
      </div>
      <ReasonField {...props} name="reject" isRequired />
      <WordsField {...props} name="reject" />
      <div class="field">
        <label for={`note-${item.id}`}>
          {words.note} <span class="hint">({desk.words.reader.optional.toLowerCase()})</span>
        </label>
        <input id={`note-${item.id}`} name="note" maxlength={MAX_WORDS} lang="vi" aria-describedby={`note-hint-${item.id}`} />
        <p class="hint" id={`note-hint-${item.id}`}>
          {words.noteHint}
        </p>
      </div>
      <button class="decide confirm" type="submit">
        {words.confirmReject}
      </button>
    </form>
  )
}

/** Parts to hide: what the machine proposes and what is hidden now as choices, any other as words copied from the text. */
function MaskPanel(props: Props) {
  const { desk, item } = props
  const words = desk.words.desk
  const parts = [
    ...item.masks.map((span) => ({ span, label: words.hiddenPart })),
    ...item.proposed_masks
      .filter(({ span }) => !item.masks.some(([start, end]) => start <= span[0] && span[1] <= end))
      .map(({ span, kind }) => ({ span, label: desk.words.personalData[kind] })),
  ]
  return (
    <form class="panel for-mask" method="post" action={`${desk.base}/decisions`} autocomplete="off" data-text={item.body_text}>
      <Carried {...props} />
      <input type="hidden" name="verdict" value="approve" />
      <input type="hidden" name="hides" value="1" />
      {parts.map(({ span: [start, end], label }) => (
        <label class="part">
          <input type="checkbox" name={`part-${start}-${end}`} value="1" checked />
          <span>
            <bdi>{item.body_text.slice(start, end)}</bdi> <span class="hint">({label})</span>
          </span>
        </label>
      ))}
      <div class="field copied">
        <label for={`hide-${item.id}`}>{words.hideWords}</label>
        <textarea id={`hide-${item.id}`} name="hide_words" rows={2} lang="vi" aria-describedby={`hide-hint-${item.id}`}></textarea>
        <p class="hint" id={`hide-hint-${item.id}`}>
          {words.hideHint}
        </p>
      </div>
      <button class="decide primary" type="submit">
        {words.maskGo}
      </button>
    </form>
  )
}

function ReturnPanel(props: Props) {
  const words = props.desk.words.desk
  return (
    <form class="panel for-return" method="post" action={`${props.desk.base}/decisions`} autocomplete="off">
      <Carried {...props} />
      <input type="hidden" name="verdict" value="return" />
      <p>{words.returnHint}</p>
      <ReasonField {...props} name="return" />
      <WordsField {...props} name="return" />
      <button class="decide primary" type="submit">
        {words.returnGo}
      </button>
    </form>
  )
}

/**
 * A text in an old encoding as it reads when converted. It never takes the place of what was sent: who may return it changes it where the
 * conversion went wrong and sends it to the author, who alone may write it anew.
 */
export function Converted(props: Props & { text: string }) {
  const { desk, item, text } = props
  const words = desk.words.screening
  const told = `${strings(desk.ctx.site.settings.language).screening.convertedAsk}\n\n${text}`
  const isReturnable = item.legal_verdicts.includes('return') && told.length <= MAX_WORDS
  const id = `converted-${item.id}`
  return (
    <details class="converted">
      <summary>{words.convertedTo}</summary>
      {isReturnable ? (
        <form method="post" action={`${desk.base}/decisions`} autocomplete="off">
          <Carried {...props} />
          <input type="hidden" name="verdict" value="return" />
          <input type="hidden" name="reason" value="unreadable" />
          <div class="field">
            <label for={id}>{words.convertedLabel}</label>
            <textarea id={id} name="reason_text" rows={6} maxlength={MAX_WORDS} required lang="vi" aria-describedby={`${id}-hint`}>
              {`\n${told}`}
            </textarea>
            <p class="hint" id={`${id}-hint`}>
              {words.convertedHint}
            </p>
          </div>
          <button type="submit">{words.convertedReturn}</button>
        </form>
      ) : (
        <p class="body" lang="vi">
          {text}
        </p>
      )}
    </details>
  )
}

function ReplyPanel(props: Props) {
  const { desk, item } = props
  const words = desk.words.desk
  const isBeside = item.legal_verdicts.includes('approve')
  return (
    <form class="panel for-reply" method="post" action={`${desk.base}/decisions`} autocomplete="off">
      <Carried {...props} />
      <input type="hidden" name="verdict" value={isBeside ? 'approve' : 'reply'} />
      <div class="field">
        <label for={`reply-${item.id}`}>{desk.words.reader.official}</label>
        <textarea id={`reply-${item.id}`} name="reply" rows={5} required lang="vi"></textarea>
      </div>
      <div class="field">
        <label for={`signer-${item.id}`}>{words.signerTitle}</label>
        <input id={`signer-${item.id}`} name="signer_title" required maxlength={200} lang="vi" data-kept="signer" />
      </div>
      <div class="save">
        <button class="decide primary" type="submit">
          {isBeside ? words.approveAndReply : words.replyGo}
        </button>
        <button type="submit" formaction={`${desk.base}/comments/${item.id}/reply`} formnovalidate>
          {desk.words.settings.cannedOpen}
        </button>
      </div>
    </form>
  )
}

function SealPanel(props: Props) {
  const words = props.desk.words.desk
  return (
    <form class="panel for-seal" method="post" action={`${props.desk.base}/decisions`} autocomplete="off">
      <Carried {...props} />
      <input type="hidden" name="verdict" value="seal" />
      <p>{words.sealHint}</p>
      <button class="decide confirm" type="submit">
        {words.sealGo}
      </button>
    </form>
  )
}

function ReasonField({ desk, item, name, isRequired }: Props & { name: string; isRequired?: boolean }) {
  const words = desk.words.desk
  const id = `reason-${name}-${item.id}`
  return (
    <div class="field">
      <label for={id}>
        {name === 'reject' ? words.rejectReason : words.returnReason}
        {!isRequired && <span class="hint"> ({desk.words.reader.optional.toLowerCase()})</span>}
      </label>
      <select id={id} name="reason" required={isRequired}>
        <option value="">{words.chooseReason}</option>
        {REASONS.map((reason) => (
          <option value={reason}>{desk.words.reasons[reason]}</option>
        ))}
      </select>
    </div>
  )
}

function WordsField({ desk, item, name }: Props & { name: string }) {
  const words = desk.words.desk
  const id = `words-${name}-${item.id}`
  return (
    <div class="field">
      <label for={id}>
        {words.reasonWords} {name === 'reject' && <span class="hint">({desk.words.reader.optional.toLowerCase()})</span>}
      </label>
      <textarea
        id={id}
        name="reason_text"
        rows={2}
        maxlength={MAX_WORDS}
        required={name === 'return'}
        lang="vi"
        aria-describedby={`${id}-hint`}
      ></textarea>
      <p class="hint" id={`${id}-hint`}>
        {words.reasonHint}
      </p>
    </div>
  )
}

/** What an act carries unseen: the version that was read, and a key by which a repeated request is known. */
function Carried({ desk, item, place }: Props) {
  const fields = { comment: item.id, version: item.version, request_key: desk.ctx.services.newId(), ...placeFields(place) }
  return (
    <>
      {Object.entries(fields).map(([name, value]) => (
        <input type="hidden" name={name} value={String(value)} />
      ))}
    </>
  )
}
