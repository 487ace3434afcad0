// Links, also without a scheme, and telephone numbers that somebody advertises. Pure.
import { placesOf } from './characters.ts'
import type { PersonalFinding, Span } from './privacy.ts'

/**
 * Endings that people and advertisers write. Those that are also syllables typed without marks ("co", "me", "to") count before a path
 * only: a full stop without a space after it is common.
 */
const LINK =
  /(?<![\p{L}\d@._-])(?:https?:\/\/[^\s<>"]{1,2000}|www\.[^\s<>"]{1,2000}|(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.){1,4}(?:(?:com|net|org|vn|info|xyz|top|club|vip|online|site|shop|bet|win|bid|biz|app|live|link|click|store|asia|icu|cyou|sbs|buzz|website|games?|casino|poker|loans?|fun|life|world|pro|tv|io)(?![\p{L}\d@-])(?:\/[^\s<>"]{0,2000})?|(?:me|ly|gg|co|cc|to|la|us|gl|be|ee|ws)\/[^\s<>"]{1,2000}))/giu

/** How far around a number the words of an offer are looked for, in UTF-16 units. */
const REACH = 80
const OFFER =
  /(?<!\p{L})(?:zalo|viber|telegram|inbox|ib|ibox|alo|lh|sđt tư vấn|tư vấn|hotline|gọi ngay|liên hệ ngay|báo giá|giá rẻ|giá tốt|giá sỉ|khuyến mãi|giảm giá|cần bán|bán (?:nhà|đất|xe|gấp|sim|hàng|lại)|cho thuê|cần mua|thu mua|mua bán|nhận (?:làm|sửa|thi công|ship|vận chuyển|cầm)|dịch vụ|uy tín|chuyên nghiệp|vay|cho vay|giao hàng|ship|tuyển (?:dụng|cộng tác viên|ctv|nhân viên)|đặt hàng|xem bói|lien he ngay|gia re|can ban|cho thue|uy tin|dich vu|tu van|nhan lam)(?!\p{L})/iu

export const linksIn = (text: string): Span[] => placesOf(text, LINK)

/** The telephone numbers among what is personal that stand beside words of an offer. */
export function advertisedIn(text: string, personal: readonly PersonalFinding[]): Span[] {
  return personal
    .filter(({ kind }) => kind === 'phone')
    .filter(
      ({ span: [start, end] }) => OFFER.test(text.slice(Math.max(0, start - REACH), start)) || OFFER.test(text.slice(end, end + REACH)),
    )
    .map(({ span }) => span)
}
