// Words by which somebody tells of danger to life: threats, violence, fire, a child that is harmed. They put an opinion before all others,
// so that a person sees it at once; talk of campaigns, drills and laws about the same things is none. Pure.
import { placesOf } from './characters.ts'
import type { Span } from './privacy.ts'

const WEAPON = '(?:dao|mã tấu|kiếm|súng|gậy|rìu|búa|tuýp|lựu đạn|xăng)'
const CHILD = '(?:trẻ|trẻ em|trẻ nhỏ|bé|bé gái|bé trai|cháu|cháu bé|con nhỏ|con riêng|con gái|con trai|học sinh)'
const KIN =
  '(?:chồng|vợ|bố|cha|ba|mẹ|bố dượng|cha dượng|mẹ kế|con trai|anh trai|hàng xóm|thầy giáo|cô giáo|bảo mẫu|côn đồ|giang hồ|bọn đòi nợ)'
/** Each kind with its marks. */
const TELLING = [
  // Threats, and whoever would take their own life.
  `(?:dọa|đe dọa|đòi|thề|hăm|hăm dọa)(?: sẽ)? (?:giết|chém|đâm|đốt|đánh chết|tạt axit|xử|cho nổ)`,
  `(?:tao|tôi|tụi tao|bọn tao|chúng tao)(?: sẽ| phải| thề)? (?:giết|chém|đâm chết|đốt (?:nhà|trụ sở|ủy ban|ubnd|phường|xã)|cho nổ|đánh bom|tạt axit)`,
  `đe dọa (?:đến )?tính mạng|nguy hiểm (?:đến |tới )?tính mạng|nguy kịch`,
  `(?:muốn|định|sẽ|đòi|dọa|đang|tính) (?:tự tử|tự sát|tự vẫn|nhảy cầu|nhảy lầu|uống thuốc sâu|uống thuốc trừ sâu)`,
  `không (?:muốn|thiết) sống(?: nữa)?|chỉ muốn chết|muốn chết (?:quách|đi|cho xong)|tìm đến cái chết`,
  // Violence that goes on.
  `đang (?:đánh nhau|đánh đập|đâm chém|chém nhau|chém người|đập phá|truy sát|hành hung|khống chế|kêu cứu)`,
  `(?:cầm|vác|rút|mang) (?:theo )?${WEAPON} (?:đuổi|chém|đâm|dọa|đe dọa|đi chém|xông|đến đòi|đe)`,
  `bị ${KIN} (?:đánh|đánh đập|bạo hành|hành hạ|chém|nhốt|giam|xâm hại)|(?:đánh đập|bạo hành|hành hạ) (?:dã man|vợ|mẹ già|người già|${CHILD})`,
  // Children.
  `(?:xâm hại|lạm dụng|dâm ô|sàm sỡ|cưỡng bức|hiếp dâm|bắt cóc|đánh đập|bỏ đói|nhốt|quấy rối)(?: tình dục)?(?: với| đối với)? ${CHILD}|${CHILD}(?: [\\p{L}]+){0,3} bị (?:xâm hại|lạm dụng|dâm ô|sàm sỡ|hiếp dâm|bắt cóc|đánh đập|bạo hành|bỏ đói|nhốt|bỏ rơi)`,
  // Fire and accidents.
  `(?:đang|bị) (?:cháy|bốc cháy|bốc khói)|cháy (?:nhà|chợ|xưởng|kho|to|lớn)(?: rồi| quá| lắm)|(?:rò|xì|rò rỉ) (?:khí )?ga(?:s)?|mùi ga(?:s)? nồng`,
  `dây điện (?:bị )?(?:đứt|rơi|rớt|hở)|đứt dây điện|(?:bị )?điện giật|(?:sắp|đang|có thể) (?:sập|đổ sập|sạt)|(?:còn|đang|bị)(?: \\p{L}+){0,2} (?:mắc kẹt|nước cuốn|đuối nước)|cứu (?:với|tôi|em với|cháu với|chúng tôi|người với)|cần (?:cấp cứu|cứu hộ|cứu nạn)`,
]
/** The same as a subject: what is planned, taught, drilled or written about it. */
const AS_A_SUBJECT =
  /(?:phòng,? ?(?:chống|ngừa|tránh)|ngăn (?:chặn|ngừa)|tuyên truyền|tập huấn|diễn tập|kỹ năng|hội thi|kế hoạch|luật|nghị định|quy định|công tác|cảnh báo|nguy cơ|phong chong|ngan chan|tuyen truyen|tap huan|dien tap|ky nang|ke hoach|luat)[^.!?\n]{0,40}$/iu
const SUBJECT_REACH = 60

const MARKED = new RegExp(`(?<!\\p{L})(?:${TELLING.join('|')})(?!\\p{L})`, 'giu')
const UNMARKED =
  /\b(?:(?:doa|de doa|doi) (?:giet|chem|dam|dot nha)|de doa tinh mang|(?:muon|dinh|se|doi) (?:tu tu|tu sat|tu van|nhay cau|nhay lau)|khong muon song|dang (?:danh nhau|dam chem|chay nha|boc chay)|chay nha roi|xam hai (?:tre|be|chau)|bao hanh (?:tre|vo|con)|danh dap (?:tre|vo|con|chau)|bat coc (?:tre|chau|be)|day dien (?:dut|roi|ho)|dien giat|duoi nuoc|cuu (?:voi|toi|em voi|chau voi))\b/gi

/** Where a text tells of danger to somebody. In one that has marks, words without any are others. */
export function dangersIn(text: string, isMarked: boolean): Span[] {
  return placesOf(text, isMarked ? MARKED : UNMARKED).filter(
    ([start]) => !AS_A_SUBJECT.test(text.slice(Math.max(0, start - SUBJECT_REACH), start)),
  )
}
