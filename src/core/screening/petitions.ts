// What a text asks of the office by law: a denunciation, a complaint, or a request. They are told from talk about laws, campaigns and
// offices that are named after them. Pure.
import { placesOf } from './characters.ts'
import type { Span } from './privacy.ts'

/** Words by which people accuse: the terms of the Law on Denunciations, and what stands for them in speech. */
const ACCUSING =
  /(?<!\p{L})(?:tố cáo|tố giác|tham nhũng|tham ô|(?:nhận|đưa|ăn) hối lộ|hối lộ|nhũng nhiễu|lót tay|ăn tiền của dân|bao che|vòi vĩnh|ăn chặn|biển thủ|rút ruột công trình|đề nghị (?:cơ quan [^.\n]{0,40})?điều tra)(?!\p{L})/giu
const ACCUSING_UNMARKED =
  /\b(?:to cao|to giac|tham nhung|tham o|hoi lo|nhung nhieu|lot tay|bao che|voi vinh|an chan|bien thu|rut ruot cong trinh|de nghi dieu tra)\b/gi
/** Words by which people complain of a decision or an act (Law on Complaints). */
const COMPLAINING = /(?<!\p{L})(?:khiếu nại|khiếu kiện|không đồng ý với quyết định|khởi kiện (?:ủy ban|quyết định|ubnd))(?!\p{L})/giu
const COMPLAINING_UNMARKED = /\b(?:khieu nai|khieu kien|khong dong y voi quyet dinh)\b/gi
/** The same words as a subject: laws, campaigns and offices named after them. */
const AS_A_SUBJECT =
  /(?:luật|nghị định|quy định|công tác|giải quyết|tiếp nhận|(?:phòng,?|và)? ?chống|luat|giai quyet|chong)(?: về)? (?:tiếp công dân, )?(?:khiếu nại,? (?:và )?|tham nhũng, (?:lãng phí, )?)?$/iu
/** Words by which people ask for something to be done. */
const ASKING =
  /(?<!\p{L})(?:kiến nghị|đề nghị|đề xuất|yêu cầu (?:phường|xã|ubnd|ủy ban|cơ quan|chính quyền)|(?:rất )?mong (?:phường|xã|ubnd|ủy ban|cơ quan|chính quyền|lãnh đạo|các cấp|sớm|được)|xin (?:phường|xã|ubnd|ủy ban|cơ quan|chính quyền|lãnh đạo) )/giu
const ASKING_UNMARKED = /\b(?:kien nghi|de nghi|de xuat|mong (?:phuong|xa|ubnd|chinh quyen|som)|xin (?:phuong|xa|ubnd) )/gi

const SUBJECT_REACH = 60

type Asked = { denunciation: Span[]; complaint: Span[]; request: Span[] }

/** What a text asks for, with the places that say so. In one that has marks, words without any are others. */
export function petitionsIn(text: string, isMarked: boolean): Asked {
  return {
    denunciation: meant(text, isMarked ? ACCUSING : ACCUSING_UNMARKED),
    complaint: meant(text, isMarked ? COMPLAINING : COMPLAINING_UNMARKED),
    request: placesOf(text, isMarked ? ASKING : ASKING_UNMARKED),
  }
}

function meant(text: string, asking: RegExp): Span[] {
  return placesOf(text, asking).filter(([start]) => !AS_A_SUBJECT.test(text.slice(Math.max(0, start - SUBJECT_REACH), start)))
}
