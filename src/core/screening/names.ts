// Names that pass for an office or an officer: what a name reads as, whatever letters, gaps and marks it is written with, against what
// offices and their people call themselves. A person may well be called Công An, Chu Tịch or Đoàn Phương. Pure.
import { once } from '../../lib/once.ts'
import { letterInName } from './lookalikes.ts'
import { canonical } from './vietnamese.ts'

/** A letter of a name as it reads: its base, the marks on it, and whether a word or a part of the name begins with it. */
type Letter = { base: string; marks: string; isWordStart: boolean; isPartStart: boolean }

/** What is looked for, and with which marks: `any` where no person's name reads so, however it is marked. */
type Term = { letters: readonly Letter[]; marks: 'any' | 'own_or_none' | 'own' }

/** Letters that are taken for one another at a glance, or in spelling. */
const ALIKE: Record<string, string> = { l: 'i', y: 'i' }
/** Signs that promise a check by somebody: ticks, seals, shields, stars and flags beside a name. */
const BADGES = /[✓✔☑✅🗸🗹🆗💯🛡👮🏛⚖🎖🏅⭐🌟★☆✪✯✰☭🔰🔵🟢🔷🔹®™©℠Ⓥⓥ👑♛♚🚨🚔]\uFE0F?/gu
/** What parts a name from what its bearer is said to be. */
const PARTING = /[-–—,;:()[\]{}/\\•·|"“”'_~=>*]/u

/** Stands before a title without changing it. */
const HONORIFICS = ['ông', 'bà', 'anh', 'chị', 'cô', 'chú', 'đồng chí', 'đ c', 'ngài', 'mr', 'mrs', 'tôi là', 'trang', 'nick']

const PLACES = ['phường', 'xã', 'thị trấn', 'thị xã', 'quận', 'huyện', 'thành phố', 'tỉnh', 'đặc khu', 'khu phố', 'khu vực', 'tp', 'p', 'x']
const OFFICES = ['ubnd', 'ủy ban', 'hđnd', 'hội đồng', 'đảng ủy', 'đảng bộ', 'mttq', 'mặt trận', 'chi bộ', 'hội nông dân', 'hội phụ nữ']

/** Wherever they stand in a name; no person is called so, however it is marked. */
const LOOSE = [
  ...['ubnd', 'hđnd', 'mttq', 'ubmttq', 'ubmt', 'ủy ban nhân dân', 'ủy ban phường', 'ủy ban xã', 'ủy ban mặt trận', 'hội đồng nhân dân'],
  ...['mặt trận tổ quốc', 'ban biên tập', 'ban quản trị', 'quản trị viên', 'quản trị website', 'quản trị hệ thống', 'quản trị trang'],
  ...['admin', 'administrator', 'moderator', 'webmaster', 'official', 'support', 'tài khoản chính thức', 'trang chính thức'],
  ...['cổng thông tin điện tử', 'trang thông tin điện tử', 'hành chính công', 'bộ phận một cửa', 'tiếp công dân', 'ban chấp hành'],
  ...['ban thường vụ', 'ban tuyên giáo', 'ban chỉ huy quân sự', 'ban chỉ đạo', 'viện kiểm sát', 'tòa án nhân dân', 'thi hành án dân sự'],
  ...[
    'cảnh sát giao thông',
    'cảnh sát khu vực',
    'cảnh sát hình sự',
    'công an nhân dân',
    'công an khu vực',
    'cơ quan điều tra',
    'cơ quan cảnh sát',
  ],
  ...['trưởng công an', 'phó công an', 'phó trưởng công an', 'tổ trưởng tổ dân phố', 'tổ trưởng dân phố', 'đoàn thanh niên cộng sản'],
  ...['văn phòng đăng ký đất đai', 'kho bạc nhà nước', 'bảo hiểm xã hội', 'chính quyền phường', 'chính quyền xã', 'thủ tướng chính phủ'],
  ...['hội liên hiệp phụ nữ', 'hội cựu chiến binh', 'hội chữ thập đỏ', 'hội người cao tuổi', 'công đoàn cơ sở', 'đường dây nóng'],
]

/** Wherever they stand, but with their own marks, or in a name without any. */
const ANYWHERE = [
  ...cross(['chủ tịch', 'phó chủ tịch', 'pct', 'ct', 'bí thư', 'phó bí thư', 'bt'], [...PLACES, ...OFFICES]),
  ...cross(
    ['công an', 'ca', 'cán bộ', 'lãnh đạo', 'công chức', 'đảng ủy', 'đảng bộ', 'trưởng', 'phó'],
    ['phường', 'xã', 'thị trấn', 'quận', 'huyện', 'tỉnh', 'thành phố'],
  ),
  ...cross(
    [
      'đoàn thanh niên',
      'hội phụ nữ',
      'hội nông dân',
      'mặt trận',
      'trạm y tế',
      'ban quản lý',
      'quân sự',
      'địa chính',
      'tư pháp',
      'văn phòng',
      'thanh tra',
    ],
    ['phường', 'xã', 'thị trấn', 'quận', 'huyện', 'tỉnh', 'thành phố', 'p', 'x'],
  ),
]

/** Where a part of the name begins: at its start, after a dash or a bracket, after "ông". */
const FIRST = [
  ...[
    'chủ tịch',
    'phó chủ tịch',
    'p chủ tịch',
    'bí thư',
    'phó bí thư',
    'lãnh đạo',
    'cán bộ',
    'công chức',
    'viên chức nhà nước',
    'trưởng phòng',
  ],
  ...[
    'phó phòng',
    'phó trưởng phòng',
    'chánh văn phòng',
    'phó chánh văn phòng',
    'chánh thanh tra',
    'thanh tra viên',
    'thanh tra chính phủ',
  ],
  ...[
    'giám đốc',
    'phó giám đốc',
    'trưởng ban',
    'phó ban',
    'trưởng trạm',
    'trưởng thôn',
    'trưởng xóm',
    'trưởng khu phố',
    'trưởng ấp',
    'trưởng bản',
  ],
  ...['hiệu trưởng', 'chỉ huy trưởng', 'trưởng đồn', 'trưởng ca trực', 'tổ trưởng tdp', 'tổ trưởng khu phố', 'tổ công nghệ số cộng đồng'],
  ...[
    'công an viên',
    'công an thôn',
    'công an hình sự',
    'công an giao thông',
    'dân quân tự vệ',
    'bảo vệ dân phố',
    'an ninh cơ sở',
    'an ninh trật tự',
  ],
  ...[
    'đảng ủy',
    'đảng bộ',
    'chi bộ',
    'mặt trận',
    'tòa soạn',
    'tòa án',
    'ban quản lý',
    'ban giám đốc',
    'ban giám hiệu',
    'ban công tác mặt trận',
  ],
  ...['chính phủ', 'thủ tướng', 'bộ trưởng', 'thứ trưởng', 'phó thủ tướng', 'đại biểu quốc hội', 'đại biểu hội đồng'],
  ...[
    'trung tâm hành chính',
    'trung tâm phục vụ',
    'trung tâm y tế',
    'trung tâm văn hóa',
    'trung tâm truyền thông',
    'phòng văn hóa',
    'phòng kinh tế',
  ],
  ...[
    'văn phòng phường',
    'văn phòng xã',
    'văn phòng đảng',
    'văn phòng ủy ban',
    'văn phòng hội đồng',
    'hội nông dân',
    'hội phụ nữ',
    'đồn biên phòng',
  ],
  ...[
    'đoàn thanh niên phường',
    'đoàn thanh niên xã',
    'hạt kiểm lâm',
    'chi cục',
    'cục thuế',
    'đội thuế',
    'điện lực',
    'đội quản lý trật tự đô thị',
  ],
  ...[
    'ban tổ chức',
    'biên tập viên',
    'phóng viên',
    'kiểm duyệt viên',
    'người kiểm duyệt',
    'người quản trị',
    'ban kiểm duyệt',
    'system',
    'thanh tra nhân dân',
    'công an tp',
    'công an p',
    'bqt trang',
    'bqt phường',
  ],
  ...[
    'staff',
    'mod team',
    'ủy viên',
    'phó ct',
    'quản trị',
    'nhân viên phường',
    'nhân viên ủy ban',
    'thông báo từ',
    'thông báo của',
    'phản hồi của',
    'trả lời của',
    'thay mặt',
  ],
  ...cross(
    ['sở'],
    ['nội vụ', 'tư pháp', 'tài chính', 'y tế', 'xây dựng', 'công thương', 'giáo dục', 'khoa học', 'văn hóa', 'nông nghiệp', 'tài nguyên'],
  ),
  ...cross(
    ['bộ'],
    ['nội vụ', 'công an', 'quốc phòng', 'tư pháp', 'tài chính', 'y tế', 'xây dựng', 'công thương', 'giáo dục', 'ngoại giao', 'nông nghiệp'],
  ),
  // An officer and the person's own name: "Công an Nguyễn Văn A".
  ...cross(
    ['công an'],
    ['nguyễn', 'trần', 'lê', 'phạm', 'hoàng', 'huỳnh', 'phan', 'vũ', 'võ', 'đặng', 'bùi', 'đỗ', 'hồ', 'ngô', 'dương', 'lý'],
  ),
]

/** The whole of a name, or the whole of a part of it. */
const WHOLE = [
  ...[
    'qtv',
    'bqt',
    'bbt',
    'btv',
    'mod',
    'smod',
    'ad',
    'sysadmin',
    'root',
    'csgt',
    'cskv',
    'cshs',
    'csđt',
    'pc08',
    'cap',
    'cax',
    'ca p',
    'ca x',
    'pct',
    'đ u',
  ],
  ...[
    'thanh tra',
    'chính quyền',
    'quốc hội',
    'tổng đài',
    'hệ thống',
    'ủy ban',
    'ub',
    'ub phường',
    'ub xã',
    'ubp',
    'tthcc',
    'ttpvhcc',
    'ttvh',
    'vpub',
    'vp ub',
    'vp phường',
    'vp đảng ủy',
    'tòa án',
    'nhà nước',
    'chính thức',
    'hội đồng',
    'tổ trưởng',
  ],
]

/** Ranks, only with their own marks: "Dai Ta Lanh" is somebody. */
const RANKS = ['thiếu', 'trung', 'thượng', 'đại'].flatMap((grade) => [`${grade} úy`, `${grade} tá`, `${grade} tướng`])

/** What persons are called that a term would take for a word that lost a mark. */
const PERSONS = [
  ...['chu tịch', 'chu tịch phương', 'chủ tịch phương', 'công an phương', 'tô trưởng', 'trương phong', 'trương ban', 'thanh trà'],
  ...['ca phương', 'bi thư', 'đặng ủy', 'đặng bộ', 'bí thu', 'phó phương', 'trưởng phương', 'trương phường'],
]

/** All of it read as names are, when the first name is. */
const known = once(() => ({
  honorifics: terms(HONORIFICS, 'own_or_none'),
  anywhere: byFirstLetter(terms(LOOSE, 'any'), terms(ANYWHERE, 'own_or_none')),
  first: byFirstLetter(terms(FIRST, 'own_or_none'), terms(RANKS, 'own')),
  whole: byFirstLetter(terms(WHOLE, 'own_or_none')),
  persons: new Set(PERSONS.map((each) => spelled(lettersOf(each)))),
}))

/** What comes before the place in the name of an agency, and how it is shortened. */
const AGENCY =
  /^(?:ubnd |ủy ban nhân dân |ubmttq |đảng ủy |hđnd )?((?:phường|xã|thị trấn|đặc khu|quận|huyện|thị xã|thành phố|tỉnh) )?(.+)$/u
const KINDS = [
  'công an',
  'ca',
  'cap',
  'cax',
  'cskv',
  'csgt',
  'ttpvhcc',
  'ubnd',
  'ub',
  'ủy ban',
  'đảng ủy',
  'chính quyền',
  'lãnh đạo',
  'cán bộ',
  'chủ tịch',
  'ct',
  'pct',
  'bí thư',
  'phường',
  'xã',
  'p',
  'x',
  'hđnd',
  'mttq',
  'trang',
  'cổng thông tin',
  'văn phòng',
]
const OWN = new Map<string, Terms>()
const MAX_OWN = 100
/** A place of fewer letters stands in too many names. */
const LEAST_PLACE = 4

/**
 * Whether a name passes for an office, an officer, or one of the `agencies` (the site and who signs for it): written in other letters,
 * with gaps, digits or without marks, shortened, or beside a sign that looks like a badge.
 */
export function imitatesOffice(name: string, agencies: readonly string[]): boolean {
  const letters = lettersOf(withoutBadges(name))
  const isMarked = letters.some(({ marks }) => marks !== '')
  const own = ownTerms(agencies)
  const starts = partStarts(letters)
  return letters.some(({ base, isWordStart }, at) => {
    if (!isWordStart) return false
    const endsOf = (given: Terms) => (given.get(base) ?? []).flatMap((term) => endOf(letters, at, term, isMarked) ?? [])
    if (endsOf(known().anywhere).length > 0 || (at === 0 && endsOf(own).length > 0)) return true
    if (!starts.has(at)) return false
    return endsOf(known().first).length > 0 || endsOf(known().whole).some((end) => letters[end]?.isPartStart ?? true)
  })
}

/** A name without the signs that pass for the badge of an official reply; the badge itself never stands in a name. */
export function withoutBadges(name: string): string {
  return name.replace(BADGES, '')
}

type Terms = ReadonlyMap<string, readonly Term[]>

function terms(list: readonly string[], marks: Term['marks']): Term[] {
  return list.map((text) => ({ letters: lettersOf(text), marks }))
}

function byFirstLetter(...lists: readonly Term[][]): Terms {
  return Map.groupBy(lists.flat(), ({ letters }) => letters[0]?.base ?? '')
}

/** Made once for each site's names, of the last hundred sites. */
function ownTerms(agencies: readonly string[]): Terms {
  const key = agencies.join('\n')
  const made = OWN.get(key) ?? byFirstLetter(terms(agencies.flatMap(namesOf), 'any'))
  if (OWN.size >= MAX_OWN) OWN.clear()
  OWN.set(key, made)
  return made
}

/** What an agency may be called: its own name, and what is where it is, with the usual short forms. */
function namesOf(agency: string): string[] {
  const name = canonical(agency).replace(/\s+/g, ' ').trim()
  const [, kind = '', place = name] = AGENCY.exec(name) ?? []
  if (place.replaceAll(' ', '').length < LEAST_PLACE) return [name]
  return [
    name,
    ...(kind === '' ? [] : [`${kind}${place}`]),
    ...KINDS.flatMap((each) => [`${each} ${place}`, `${each} p ${place}`, `${each} phường ${place}`, `${each} x ${place}`]),
  ]
}

function cross(heads: readonly string[], tails: readonly string[]): string[] {
  return heads.flatMap((head) => tails.map((tail) => `${head} ${tail}`))
}

/** A name as letters: look-alikes, full-width letters and digits inside words read as what they stand for. */
function lettersOf(name: string): Letter[] {
  const signs = Array.from(canonical(name.normalize('NFKC').replace(/\p{Default_Ignorable_Code_Point}+/gu, '')).normalize('NFD'))
  const letters: Letter[] = []
  let isWordStart = true
  let isPartStart = true
  for (const [at, sign] of signs.entries()) {
    const last = letters.at(-1)
    if (/\p{M}/u.test(sign)) {
      if (last && !isWordStart) last.marks += sign
      continue
    }
    const base = /[a-zđ]/.test(sign) ? sign : (readLookAlike(signs, at) ?? (/[\p{L}\p{N}]/u.test(sign) ? sign : null))
    if (base === null) {
      isWordStart = true
      if (PARTING.test(sign)) isPartStart = true
      continue
    }
    const plain = base === 'đ' ? 'd' : base
    letters.push({ base: ALIKE[plain] ?? plain, marks: base === 'đ' ? 'đ' : '', isWordStart, isPartStart })
    isWordStart = false
    isPartStart = false
  }
  return letters.map((letter) => ({ ...letter, marks: steady(letter.marks) }))
}

/** A sign as the letter it looks like; a digit or a sign of punctuation only beside a letter of the same word. */
function readLookAlike(signs: readonly string[], at: number): string | null {
  const sign = signs[at] ?? ''
  const letter = letterInName(sign)
  if (letter === undefined) return null
  if (/\p{L}/u.test(sign)) return letter
  return /[\p{L}\p{M}]/u.test(signs[at - 1] ?? '') || /\p{L}/u.test(signs[at + 1] ?? '') ? letter : null
}

/** Where parts of the name begin, honorifics passed over. */
function partStarts(letters: readonly Letter[]): Set<number> {
  const starts = new Set(letters.flatMap(({ isPartStart }, at) => (isPartStart ? [at] : [])))
  for (const at of [...starts])
    for (const honorific of known().honorifics) {
      const end = endOf(letters, at, honorific, true)
      if (end !== null) starts.add(end)
    }
  return starts
}

/** Where a term that begins here ends, or null when the name does not read so. */
function endOf(letters: readonly Letter[], at: number, term: Term, isMarked: boolean): number | null {
  const end = at + term.letters.length
  if (end > letters.length || (end < letters.length && !letters[end]?.isWordStart)) return null
  let [exact, missing, wrong, singles, cuts] = [0, 0, 0, 0, 0]
  for (const [index, wanted] of term.letters.entries()) {
    const given = letters[at + index]
    if (!given || given.base !== wanted.base) return null
    const [is, should] = [given.marks, wanted.marks]
    if (is === should) exact += should === '' ? 0 : 1
    else if (Array.from(is).every((mark) => should.includes(mark))) missing++
    else wrong++
    if (index > 0 && given.isWordStart && !wanted.isWordStart) cuts++
    if (given.isWordStart && (letters[at + index + 1]?.isWordStart ?? true)) singles++
  }
  const isExact = missing + wrong === 0
  // Gaps where the term has none: letters drawn apart, or a name that is something else.
  if (cuts > 0 && singles < Math.min(3, term.letters.length) && !(isExact && exact > 1)) return null
  if (isExact || term.marks === 'any') return end
  if (term.marks === 'own' || wrong > 1) return null
  if (!isMarked) return end
  // One wrong mark among right ones is a slip, or meant to be one.
  return exact >= missing + 2 * wrong && !known().persons.has(spelled(letters.slice(at, end))) ? end : null
}

/** The marks in one order; hook and tilde are one, since half the country speaks them so. */
function steady(marks: string): string {
  return Array.from(marks.replaceAll('\u0303', '\u0309')).sort().join('')
}

/** A reading as text, only to be compared with another such text. */
function spelled(letters: readonly Letter[]): string {
  return letters.map(({ base, marks, isWordStart }, index) => (isWordStart && index > 0 ? ' ' : '') + base + marks).join('')
}
