// The form for a new opinion or a reply, with what the site asks for. Not for: forms in general (form.ts) or what comes after (own.ts).
import { asReader, pathOf, send } from './api.ts'
import { article, heading, kindName } from './comment.ts'
import { button, h } from './dom.ts'
import { CONSENT, createForm, type Field, type Values } from './form.ts'
import { bodyField, type Own } from './own.ts'
import { type OpenSection, said } from './section.ts'
import { textElement } from './text.ts'
import type { Nudges, PostAnswer } from './wire.ts'

/**
 * Asks for nothing but the text and the consent to the rules, unless the site does; one box, unticked, for each purpose. `parentId` is the
 * root replied to.
 */
export function createWriteForm(
  section: OpenSection,
  title: string,
  parentId: string | null,
  done: (own: Own) => void,
  leave?: () => void,
): HTMLElement {
  const { words, site } = section
  const { fields, kinds, rules, privacy_url, privacy_text, consents } = site
  const nameIn = (values: Values) => (values[`${CONSENT}name`] && values.name) || words.anonymous
  const about = ({ name, email, phone, address, body }: Values) => ({
    article: section.article,
    author: { name, email, phone, address },
    body,
  })
  /** What is told of an author, where the site asks for it. `type` is what a browser calls it, and that of its input where there is such a one. */
  const author = (name: 'name' | 'email' | 'phone' | 'address', type: string, box?: Field, hint = words.contactHint): Field[] =>
    fields[name] === 'off' ? [] : [{ name, type, label: words[name], isRequired: fields[name] === 'required', hint }, ...(box ? [box] : [])]
  const consent = (purpose: 'terms' | 'name' | 'notify', label: string, more: Partial<Field> = {}): Field => ({
    name: CONSENT + purpose,
    type: 'checkbox',
    // What the site has its authors agree to is kept by its version, so that nothing goes before it.
    label: consents[purpose] ?? label,
    ...more,
  })
  return createForm<PostAnswer>(section, {
    heading: title,
    label: words.submit,
    place: parentId ?? '',
    intro: [h('p', 'hint', words.premod), rules && h('details', {}, h('summary', {}, words.rules), textElement(rules, site.language))],
    fields: [
      bodyField(section),
      kinds && {
        name: 'kind',
        label: words.kind,
        isRequired: fields.kind === 'required',
        options: kinds.map((code) => ({ code, text: kindName(section, code) })),
      },
      ...author('name', 'name', consent('name', words.consentName), words.nameUnpublished),
      ...author('email', 'email', consent('notify', words.consentNotify)),
      ...author('phone', 'tel'),
      ...author('address', 'street-address'),
      consent('terms', words.consentTerms, {
        isRequired: true,
        hint: h('span', 'text', privacy_text, ' ', privacy_url && h('a', { href: privacy_url, target: '_blank' }, words.privacy)),
      }),
    ],
    compose: (values, { since, isPasted }) => ({
      ...about(values),
      kind: values.kind,
      parent_id: parentId,
      consents: ['terms', 'name', 'notify'].filter((purpose) => values[CONSENT + purpose]),
      consents_version: consents.version,
      form: { seconds: Math.max(0, Date.now() - since) / 1_000, pasted: isPasted },
    }),
    send: async (payload, key) => {
      const content = JSON.parse(payload)
      if (!section.emit('ykien:before-submit', content)) return null
      const post = (body: string) =>
        send<PostAnswer>(section, 'submit', pathOf(section, 'comments'), 'POST', body, { 'Idempotency-Key': key, ...asReader() })
      const answer = await post(payload)
      const challenge = answer[1]?.challenge
      if (!challenge) return answer
      // Without the solver's file the reader is told what is asked for, and can press again.
      return (import(`${section.service}/widget/solver.js`) as Promise<typeof import('./solver.ts')>)
        .then(async ({ solve }) => post(JSON.stringify({ ...content, challenge: await solve(challenge) })))
        .catch(() => answer)
    },
    hints: async (values, put) => {
      const [found] = await send<Nudges>(section, 'hints', pathOf(section, 'nudges'), 'POST', JSON.stringify(about(values)))
      return found?.nudges.flatMap(({ code, message, converted }) => [
        said(section, `nudge_${code}`, message),
        converted,
        !!converted && button('plain', words.edit, () => put(converted)),
      ])
    },
    sketch: (values) => article(section, 'own', heading(nameIn(values)), values.body ?? ''),
    done: (answer, values) => done({ ...answer, parentId, body: values.body ?? '', name: nameIn(values) }),
    leave,
  })
}
