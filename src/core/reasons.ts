// The coded reasons for which an opinion is not published; i18n (`reasons`) has their sentences.

/** Every reason, in the order in which they are offered. */
export const REASONS = [
  'offtopic',
  'insult',
  'profanity',
  'ads',
  'gambling',
  'scam',
  'false',
  'privacy',
  'child',
  'illegal',
  'secret',
  'hate',
  'imperson',
  'duplicate',
  'unreadable',
  'complaint',
  'denounce',
  'notcompetent',
  'copyright',
  'other',
] as const
export type Reason = (typeof REASONS)[number]
