// The form for a new opinion or a reply, with what the site asks for. Not for: forms in general (form.ts) or what comes after (own.ts).
import { asReader, pathOf, send } from './api.ts'
import { article, heading, kindName } from './comment.ts'
import { h } from './dom.ts'
import { CONSENT, createForm, type Field, type Values } from './form.ts'
import { bodyField, type Own } from './own.ts'
import type { OpenSection } from './section.ts'
import { textElement } from './text.ts'
import type { Nudges, PostAnswer } from './wire.ts'

/** What is told of an author, with what a browser calls it: as the type of its input too, where an unknown one is a line of text. */
const AUTHOR = [
  ['name', 'name'],
  ['email', 'email'],
  ['phone', 'tel'],
  ['address', 'street-address'],
] as const

/**
 * Asks for nothing but the text and the consent to the rules, unless the site does; one box, unticked, for each purpose. `parentId` is the
 * root replied to.
 */
export function createWriteForm(
  section: OpenSection,
  title: string,
  parentId: string | null,
  done: (own: Own) => void,
  cancel?: () => void,
): HTMLElement {
  const { words, site } = section
  const { fields, kinds, rules, privacy_url } = site
  const nameIn = (values: Values) => (values[`${CONSENT}name`] && values.name) || words.anonymous
  const about = ({ body, ...values }: Values) => ({
    article: section.article,
    author: Object.fromEntries(AUTHOR.flatMap(([name]) => (values[name] ? [[name, values[name]]] : []))),
    body,
  })
  const consent = (purpose: string, label: string, more: Partial<Field> = {}): Field => ({
    name: CONSENT + purpose,
    type: 'checkbox',
    label,
    ...more,
  })
  return createForm<PostAnswer>(section, {
    heading: title,
    label: words.submit,
    place: parentId ?? '',
    intro: [h('p', 'hint', words.premod), rules && h('details', {}, h('summary', {}, words.rules), textElement(rules, site.language))],
    fields: [
      bodyField(section),
      ...(kinds
        ? [
            {
              name: 'kind',
              label: words.kind,
              isRequired: fields.kind === 'required',
              options: kinds.map((code) => ({ code, text: kindName(section, code) })),
            },
          ]
        : []),
      ...AUTHOR.flatMap(([name, type]): Field[] =>
        fields[name] === 'off'
          ? []
          : [
              {
                name,
                type,
                label: words[name],
                isRequired: fields[name] === 'required',
                hint: name === 'name' ? words.nameUnpublished : words.contactHint,
              },
              ...(name === 'name' ? [consent(name, words.consentName)] : name === 'email' ? [consent('notify', words.consentNotify)] : []),
            ],
      ),
      consent('terms', words.consentTerms, {
        isRequired: true,
        hint: privacy_url && h('a', { href: privacy_url, target: '_blank', rel: 'noopener' }, words.privacy),
      }),
    ],
    payload: (values) => ({
      ...about(values),
      ...(values.kind && { kind: values.kind }),
      ...(parentId && { parent_id: parentId }),
      consents: Object.keys(values).flatMap((name) => (name.startsWith(CONSENT) ? [name.slice(CONSENT.length)] : [])),
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
      return (import(`${section.origin}/widget/solver.js`) as Promise<typeof import('./solver.ts')>)
        .then(async ({ solve }) => post(JSON.stringify({ ...content, challenge: await solve(challenge) })))
        .catch(() => answer)
    },
    hints: async (values) => {
      const [found] = await send<Nudges>(section, 'hints', pathOf(section, 'nudges'), 'POST', JSON.stringify(about(values)))
      return found?.nudges.flatMap(({ message, converted }) => [message, ...(converted ? [converted] : [])]) ?? []
    },
    preview: (values) => article(section, 'own', heading(nameIn(values)), values.body ?? ''),
    done: (answer, values) => done({ ...answer, parentId, body: values.body ?? '', name: nameIn(values) }),
    cancel,
  })
}
