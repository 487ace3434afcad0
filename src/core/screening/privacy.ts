// Personal data in a text: Vietnamese mobile numbers, identity numbers, e-mail addresses, bank accounts and number plates.
// Numbers that offices print (decrees, dates, money, tax codes, their own addresses) are none. Pure; it finds and never masks.

export type PersonalKind = 'phone' | 'id_number' | 'email' | 'bank_account' | 'plate'

/** A place in a text as UTF-16 offsets [start, end). */
export type Span = [start: number, end: number]
export type PersonalFinding = { kind: PersonalKind; span: Span }

/** 03, 05, 07, 08 and 09 are mobile prefixes; numbers of 11 digits are gone since 2018. Landlines and hotlines are mostly offices' own. */
const MOBILE = /(?<!\d)(?<!\d[.-])(?:\+?84|0)[\s.-]?[35789](?:[\s.-]?\d){8}(?![.-]?\d)/g
/** Twelve digits: province (001 to 096), century and sex (0 to 3 for people alive), year of birth, six more (Decree 137/2015, Article 13). */
const IDENTITY = /(?<!\d)(?<!\d[.-])0[ .]?(?:0[ .]?[1-9]|[1-8][ .]?\d|9[ .]?[0-6])[ .]?[0-3](?:[ .]?\d){8}(?![ .-]?\d)/g
/** The nine digits of the older card, or twelve that fit no province, are told from order and tax numbers by a word before them only. */
const NINE_OR_TWELVE = /(?<!\d)(?<!\d[.-])\d(?:[ .]?\d){8}(?:(?:[ .]?\d){3})?(?![ .-]?\d)/g
const IDENTITY_CUE = /(?:cmnd|cccd|căn cước|chứng minh|định danh|can cuoc|chung minh|dinh danh)[^\d\n]{0,20}$/i
const EMAIL = /(?<![\w.%+-])[\w.%+-]{1,64}@(?:[a-z\d-]{1,63}\.){1,5}[a-z]{2,24}(?![\w-])/gi
/** Addresses of offices. */
const OFFICE_EMAIL = /@(?:[a-z\d-]+\.)*gov\.vn$/i
/** Six to nineteen digits are an account only after a word that says so; grouped by spaces, as banks print them, at least eight. */
const ACCOUNT = /(?<![\d.,/-])(?:\d{6,19}|\d{2,5}(?: \d{2,5}){1,5})(?![\d/]|[.,]\d)/g
const ACCOUNT_CUE =
  /(?<!\p{L})(?:stk|số (?:tài khoản|tk)|so (?:tai khoan|tk)|tài khoản|tai khoan|vietcombank|vcb|agribank|bidv|vietinbank|mb ?bank|techcombank|tcb|sacombank|vpbank|tpbank|acb|momo)(?!\p{L})[^\d\n]{0,40}$/iu
/** Car plates (38A-123.45, 38A-1234) and those of motorcycles (38-H1 123.45). Provinces begin at 11. */
const PLATE = /(?<![\p{L}\d])[1-9]\d[- ]?[A-Z][A-Z\d]?(?:[- .]?\d{3}[. ]?\d{2}|-\d{4})(?![\p{L}\d])(?![.,/]\d)/gu
const MONEY_AFTER = /^\s*(?:đồng|đ|vnđ|vnd|triệu|tỷ|tỉ|nghìn|ngàn|usd|dong|trieu|ty)(?!\p{L})/iu
/** Whole thousands parted by dots are an amount, whatever digits they begin with. */
const THOUSANDS = /^\d{1,3}(?:\.\d{3})+$/
const TAX_CUE = /(?:mst|mã số thuế|ma so thue|mã số doanh nghiệp)[^\d\n]{0,20}$/i

/** How far before a number a word that explains it is looked for, in UTF-16 units. */
const CUE_REACH = 60

/** Everything personal in a text, in its order; a place is told once, as what it most likely is. */
export function findPersonalData(text: string): PersonalFinding[] {
  const findings: PersonalFinding[] = []
  const add = (kind: PersonalKind, pattern: RegExp, holds: (found: string, before: string, after: string) => boolean) => {
    for (const match of text.matchAll(pattern)) {
      const [start, end] = [match.index, match.index + match[0].length]
      const isTaken = findings.some(({ span }) => span[0] < end && start < span[1])
      if (isTaken || !holds(match[0], text.slice(Math.max(0, start - CUE_REACH), start), text.slice(end, end + CUE_REACH))) continue
      findings.push({ kind, span: [start, end] })
    }
  }
  add('email', EMAIL, (found) => !OFFICE_EMAIL.test(found))
  add('bank_account', ACCOUNT, (found, before, after) => isAccount(found) && ACCOUNT_CUE.test(before) && !MONEY_AFTER.test(after))
  add('id_number', IDENTITY, (_found, before) => !TAX_CUE.test(before))
  add('id_number', NINE_OR_TWELVE, (_found, before) => IDENTITY_CUE.test(before))
  add('phone', MOBILE, (found, before, after) => !THOUSANDS.test(found) && !MONEY_AFTER.test(after) && !TAX_CUE.test(before))
  add('plate', PLATE, (_found, _before, after) => !MONEY_AFTER.test(after))
  return findings.sort((one, other) => one.span[0] - other.span[0])
}

function isAccount(found: string): boolean {
  const digits = found.replaceAll(' ', '').length
  return digits <= 19 && (found.includes(' ') ? digits >= 8 : true)
}
