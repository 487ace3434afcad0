// Which letter sequences can be a Vietnamese syllable: an onset, a rime and a tone that go together by the rules of spelling.
// Not for: spell-checking. Names, loan words and abbreviations of good Vietnamese are none; shares of a text are what it serves.
import { once } from '../../lib/once.ts'

/** Rimes by their main vowel, without tone. */
const RIMES = `
  a ac ach ai am an ang anh ao ap at au ay  ăc ăm ăn ăng ăp ăt  âc âm ân âng âp ât âu ây
  e ec em en eng eo ep et  ê êch êm ên êng ênh êp êt êu
  i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu
  o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oem oen oeo oet oi om on ong ooc oong op ot
  ô ôc ôi ôm ôn ông ôp ôt  ơ ơi ơm ơn ơng ơp ơt
  u ua uac uach uai uan uang uanh uao uat uau uay uăm uăn uăng uăp uăt uân uâng uât uâu uây uc ue uen ueo uet uê uêch uên uênh uêt uêu ui um un ung
  uơ uơi uơn uôc uôi uôm uôn uông uôt up ut uy uya uych uyên uyêt uynh uyn uyp uyt uyu
  ư ưa ưc ưi ưm ưn ưng ươ ươc ươi ươm ươn ương ươp ươt ươu ưt ưu  y yêm yên yêng yêt yêu ych yn ynh yt
`
  .trim()
  .split(/\s+/)

/** Before e, ê, i and y these are written k, gh, ngh; before all others c, g, ng. */
const BEFORE_FRONT = ['k', 'gh', 'ngh']
const BEFORE_BACK = ['c', 'g', 'ng']
const ONSETS = ['', 'b', 'ch', 'd', 'đ', 'gi', 'h', 'kh', 'l', 'm', 'n', 'nh', 'p', 'ph', 'r', 's', 't', 'th', 'tr', 'v', 'x']
/** In "gi" the vowel i is written once: gì, gìn, giếng. */
const AFTER_G = ['i', 'in', 'im', 'iêc', 'iêng', 'iêt', 'iêu', 'ia']

/** Every syllable without its tone, made for the first text. */
const toneless = once(
  () =>
    new Set(
      RIMES.flatMap((rime) => {
        const isFront = /^[eêiy]/.test(rime)
        const onsets = [
          ...ONSETS,
          ...(isFront ? BEFORE_FRONT : BEFORE_BACK),
          ...(AFTER_G.includes(rime) ? ['g'] : []),
          ...(rime.startsWith('u') ? ['q'] : []),
        ]
        return onsets.map((onset) => onset + rime)
      }),
    ),
)

const TONES = /[\u0300\u0301\u0303\u0309\u0323]/g
/** Letters after which only the tones of stopped syllables (acute, dot below) are spoken. */
const STOPPED = /[cpt]$|ch$/
const LONGEST = 8

/** Whether a word, in any case and normal form, can be a Vietnamese syllable. */
export function isSyllable(word: string): boolean {
  if (word.length > LONGEST * 3) return false
  const parts = word.toLowerCase().normalize('NFD')
  const tones = parts.match(TONES) ?? []
  if (tones.length > 1) return false
  const bare = (tones.length === 0 ? parts : parts.replace(TONES, '')).normalize('NFC')
  if (!toneless().has(bare)) return false
  // Without a tone a stopped syllable is no word, but it is what people type who leave marks out.
  return tones.length === 0 || !STOPPED.test(bare) || tones[0] === '\u0301' || tones[0] === '\u0323'
}
