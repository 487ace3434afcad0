// Personal data in a text: Vietnamese mobile numbers, identity numbers, e-mail addresses, bank accounts, number plates and home addresses.
// Numbers that offices print (decrees, dates, money, tax codes, their own addresses) are none. Pure; it finds and never masks.

export type PersonalKind = 'phone' | 'id_number' | 'email' | 'bank_account' | 'plate' | 'address'

/** A place in a text as UTF-16 offsets [start, end). */
export type Span = [start: number, end: number]
export type PersonalFinding = { kind: PersonalKind; span: Span }

/**
 * 03, 05, 07, 08 and 09 are mobile prefixes; numbers of 11 digits are gone since 2018. Landlines and hotlines are mostly offices' own.
 * Digits stand in groups, some of them as letters that look like them.
 */
const MOBILE =
  /(?<![\p{L}\d])(?<!\d[.-])(?:\(\+?84\)|\+?84|[0oO])(?:[\s.-]|\s[-–]\s)?[35789](?:(?:[\s.()-]|\s[-–]\s|\) )?[\doOlI]){8}(?![.-]?\d|\p{L})/gu
/** The same read out: ten digits as words. */
const DIGIT_WORD = '(?:không|khong|một|mốt|mot|hai|ba|bốn|tư|bon|năm|lăm|nam|sáu|sau|bảy|bẩy|bay|tám|tam|chín|chin|\\d)'
const SPOKEN = new RegExp(`(?<![\\p{L}\\d])(?:không|khong|0)(?:[\\s,.-]{1,3}${DIGIT_WORD}){9}(?![\\p{L}\\d])`, 'giu')
/** Twelve digits: province (001 to 096), century and sex (0 to 3 for people alive), year of birth, six more (Decree 137/2015, Article 13). */
const IDENTITY = /(?<!\d)(?<!\d[.-])0[ .]?(?:0[ .]?[1-9]|[1-8][ .]?\d|9[ .]?[0-6])[ .]?[0-3](?:[ .]?\d){8}(?![ .-]?\d)/g
/** The nine digits of the older card, or twelve that fit no province, are told from order and tax numbers by a word before them only. */
const NINE_OR_TWELVE = /(?<!\d)(?<!\d[.-])\d(?:[ .]?\d){8}(?:(?:[ .]?\d){3})?(?![ .-]?\d)/g
const IDENTITY_CUE = /(?:cmnd|cmt|cccd|căn cước|chứng minh|định danh|can cuoc|chung minh|dinh danh)[^\d\n]{0,20}$/i
const PASSPORT = /(?<![\p{L}\d])[A-Z]\d{7,8}(?![\p{L}\d])/gu
const PASSPORT_CUE = /(?:hộ chiếu|ho chieu|passport)[^\d\n]{0,20}$/i
const EMAIL = /(?<![\w.%+-])[\w.%+-]{1,64}@(?:[a-z\d-]{1,63}\.){1,5}[a-z]{2,24}(?![\w-])/gi
const SPOKEN_EMAIL =
  /(?<![\w.%+-])[\w.%+-]{2,64} ?(?:\(at\)|\[at\]|a còng|a-còng|@) ?(?:gmail|yahoo|hotmail|outlook|icloud) ?(?:\.|chấm|\(dot\)|dot) ?com(?:\.vn)?(?![\w-])/gi
/** Addresses of offices. */
const OFFICE_EMAIL = /@(?:[a-z\d-]+\.)*gov\.vn$/i
/** Six to nineteen digits are an account only beside a word that says so; grouped by spaces, as banks print them, at least eight. */
const ACCOUNT = /(?<![\d.,/-])(?:\d{6,19}|\d{2,5}(?: \d{2,5}){1,5})(?![\d/]|[.,]\d)/g
const BANKS =
  'vietcombank|vcb|agribank|bidv|vietinbank|ctg|mb ?bank|mb|techcombank|tcb|sacombank|vpbank|tpbank|acb|vib|shb|hdbank|ocb|msb|seabank|lpbank|lienvietpostbank|abbank|eximbank|momo|zalopay|viettelpay'
const ACCOUNT_CUE = new RegExp(
  `(?<!\\p{L})(?:stk|số (?:tài khoản|tk|thẻ)|so (?:tai khoan|tk|the)|tài khoản|tai khoan|chuyển khoản|ck (?:vào|qua|về)|${BANKS})(?!\\p{L})[^\\d\\n]{0,40}$`,
  'iu',
)
const BANK_AFTER = new RegExp(`^[\\s,(-]{1,3}(?:ngân hàng |nh |tại )?(?:${BANKS})(?!\\p{L})`, 'iu')
/** Car plates (38A-123.45, 38A-1234) and those of motorcycles (38-H1 123.45). Provinces begin at 11. */
const PLATE = /(?<![\p{L}\d])[1-9]\d[- ]?[A-Z][A-Z\d]?(?:[- .]?\d{3}[. ]?\d{2}|-\d{4})(?![\p{L}\d])(?![.,/]\d)/gu
/** Where somebody lives: a number of a house, with the lane and street after it. */
const HOUSE = '\\d{1,4}[A-Za-z]?(?:/\\d{1,4}[A-Za-z]?){0,4}(?![\\p{L}\\d])'
const LANE = '(?:,? ?(?:ngõ|ngách|hẻm|kiệt|đường|phố|xóm|tổ|khu phố|thôn|ấp) [^,.;\\n]{1,30})'
const ADDRESS = new RegExp(
  `(?<!\\p{L})(?:(?:số nhà|nhà số|sn) ?:? ?${HOUSE}${LANE}{0,3}|(?=(?:số )?\\d)(?<=(?:ở|nhà|trú tại|tạm trú|thường trú|cư trú|sống tại|hộ khẩu|địa chỉ|đ/c|đc|giao đến|tìm đến)[^.\\n\\d]{0,30})(?:số )?${HOUSE}${LANE}{1,3})`,
  'giu',
)
/** Addresses of offices, schools, shops and halls are public. */
const OFFICE_BEFORE =
  /(?:trụ sở|ubnd|ủy ban|cơ quan|công an|trường|trạm|bưu điện|nhà văn hóa|trung tâm|chi cục|ngân hàng|phòng khám|bệnh viện|siêu thị|chợ|nhà máy|công ty|cửa hàng|điểm tiếp|bộ phận một cửa|quán|nhà thuốc|công trình|nhà trẻ|nhà hàng|nhà thờ|nhà nghỉ)[^.\n\d]{0,50}$/iu
const MONEY_AFTER = /^\s*(?:đồng|đ|vnđ|vnd|triệu|tỷ|tỉ|nghìn|ngàn|usd|dong|trieu|ty)(?!\p{L})/iu
/** Whole thousands parted by dots are an amount, whatever digits they begin with. */
const THOUSANDS = /^\d{1,3}(?:\.\d{3})+$/
const DATE = /^(?:0[1-9]|[12]\d|3[01])[ .-](?:0[1-9]|1[0-2])[ .-](?:19|20)\d\d/
const TAX_CUE = /(?:mst|mã số thuế|ma so thue|mã số doanh nghiệp)[^\d\n]{0,20}$/i
/** Words that number a paper, an order, a lot. */
const PAPER_CUE =
  /(?:mã (?:hồ sơ|đơn|khách hàng|vận đơn|tra cứu|bưu|số hộ|định danh hộ)|số (?:hồ sơ|đơn|seri|hiệu|công tơ|hợp đồng|biên lai|hóa đơn|quyết định|tờ khai|vào sổ)|seri|imei|barcode|mã vạch)[^\d\n]{0,20}$/iu

/** Places told of one text; one that has more is a list of them, and the first are enough to see that. */
const MAX_FINDINGS = 500
/** How far before a number a word that explains it is looked for, in UTF-16 units. */
const CUE_REACH = 60

/** Everything personal in a text, in its order; a place is told once, as what it most likely is. */
export function findPersonalData(text: string): PersonalFinding[] {
  const findings: PersonalFinding[] = []
  const add = (kind: PersonalKind, pattern: RegExp, holds: (found: string, before: string, after: string) => boolean) => {
    for (const match of text.matchAll(pattern)) {
      if (findings.length === MAX_FINDINGS) return
      const found = match[0].trimEnd()
      const [start, end] = [match.index, match.index + found.length]
      const isTaken = findings.some(({ span }) => span[0] < end && start < span[1])
      if (isTaken || !holds(found, text.slice(Math.max(0, start - CUE_REACH), start), text.slice(end, end + CUE_REACH))) continue
      findings.push({ kind, span: [start, end] })
    }
  }
  add('email', EMAIL, (found) => !OFFICE_EMAIL.test(found))
  add('email', SPOKEN_EMAIL, () => true)
  add('bank_account', ACCOUNT, isAccount)
  add('id_number', IDENTITY, (_found, before) => !TAX_CUE.test(before) && !PAPER_CUE.test(before))
  add('id_number', NINE_OR_TWELVE, (_found, before) => IDENTITY_CUE.test(before))
  add('id_number', PASSPORT, (_found, before) => PASSPORT_CUE.test(before))
  add('phone', MOBILE, isMobile)
  add('phone', SPOKEN, () => true)
  add('plate', PLATE, (_found, _before, after) => !MONEY_AFTER.test(after))
  add('address', ADDRESS, (_found, before) => !OFFICE_BEFORE.test(before))
  return findings.sort((one, other) => one.span[0] - other.span[0])
}

/** A number or address as it is compared: digits with the national prefix, anything else in small letters. */
export function comparable(found: string): string {
  const digits = found.replace(/\D/g, '')
  return digits.length >= 8 ? digits.replace(/^84(?=\d{9}$)/, '0') : found.trim().toLowerCase()
}

function isMobile(found: string, before: string, after: string): boolean {
  const digits = found.replace(/\D/g, '').length
  return (
    digits >= 8 &&
    !DATE.test(found) &&
    !THOUSANDS.test(found) &&
    !MONEY_AFTER.test(after) &&
    !TAX_CUE.test(before) &&
    !PAPER_CUE.test(before)
  )
}

function isAccount(found: string, before: string, after: string): boolean {
  const digits = found.replaceAll(' ', '').length
  if (digits > 19 || (found.includes(' ') && digits < 8) || MONEY_AFTER.test(after) || TAX_CUE.test(before)) return false
  return ACCOUNT_CUE.test(before) || (digits >= 8 && BANK_AFTER.test(after))
}
