// The words and phrases that come with the product, of its own making: what is vulgar, what advertises, and innocent phrases in which such
// words occur. Words are compared with their marks, whole syllable by whole syllable; an office turns off what does not fit it.
// Not for: an office's own lists, or forms in disguise, which are undone before they are compared (tokens.ts).
import { once } from '../../lib/once.ts'
import type { SignalCode } from './signal.ts'

export type List = {
  code: SignalCode
  entries: readonly string[]
  /** Allows what others of the lists point out. */
  isAllowing?: boolean
  /** Holds only in comments without any marks, where these letters are most likely meant so. */
  isUnmarked?: boolean
  isDisguisable?: boolean
}

/** Vulgar words and insults. Single syllables only where hardly any innocent text has them; "ngu" and "cu" have their allowed phrases below. */
const VULGAR = `
  địt, địt mẹ, địt bố, địt con mẹ, đụ, đụ mẹ, đụ má, đụ mé, đù má, đù mẹ, đéo, đếch, đách, cặc, con cặc, cái cặc, lồn, cái lồn, mặt lồn, máu lồn, xạo lồn, xàm lồn, vãi lồn, như lồn
  buồi, con buồi, đầu buồi, dái, hòn dái, cu, con cu, nứng, dâm đãng, chịch, chịch nhau, xoạc, bú cặc, bú lồn, bú cu, liếm lồn, đĩ, con đĩ, đồ đĩ, đĩ điếm, đĩ đực, điếm, con điếm, đồ điếm, gái điếm, gái gọi, cave
  phò, con phò, đồ phò, cứt, như cứt, đồ cứt, ăn cứt, cục cứt, ỉa, ỉa đái, ỉa vào, đít, vãi đái, vãi cứt, đồ chó, con chó này, thằng chó, lũ chó, bọn chó, chó má, chó chết, chó đẻ, óc chó, mặt chó, chó hùa, đồ con lợn, óc lợn, ngu như bò, ngu như chó, ngu như lợn
  ngu, ngu dốt, ngu xuẩn, ngu học, ngu si, đồ ngu, thằng ngu, con ngu, lũ ngu, bọn ngu, ngu đần, đần độn, thằng đần, đồ đần, thiểu năng, não phẳng, não tàn, không có não, óc bã đậu, óc vật, trẻ trâu
  mất dạy, đồ mất dạy, vô học, vô giáo dục, súc vật, đồ súc vật, súc sinh, cầm thú, đồ khốn, khốn nạn, thằng khốn, đồ tồi, đồ hèn, hèn hạ, bố láo, láo toét, lếu láo, mặt dày, mặt mo, cặn bã, rác rưởi, đồ rác
  vãi, vãi cả, sủa, phản động, thối nát, mịa, mịa nó, cức, ăn cức, khựa, tàu cộng, trung cộng, bede, đú, trẩu, ngáo, dư luận viên, tay nhanh hơn não, biến thái, dơ bẩn, láo, láo chó, con bóng, thần kinh à, mất não, mồm chó, mồm thối, cái mồm, chó dại, chó điên, chó săn, cẩu quan, thằng hề, lũ hề, bọn hề, đồ hề, đồ ăn bám, đồ mọi, đồ nhà quê, đồ bẩn, đồ thối, bẩn thỉu, thối tha, ghê tởm, tởm, rẻ rách, đồ rẻ rách, nhục nhã, nhục mặt, đáng khinh, hèn, đớn hèn, ngu người, ngu vãi, ngu thế, ngu quá, ngu vậy, sao ngu, quá ngu,
  con mẹ mày, con mẹ nó, mẹ nó, má nó, cha nó, tiên sư nó, mẹ m, bố m, con m, chúng m, tụi m, bọn m, cụ m, mẹ mày, bố mày, mẹ kiếp, tổ sư mày, tổ cha mày, cha mày, má mày, tiên sư mày, tiên sư bố, bà nội mày, chết mẹ, bỏ mẹ, chết cha mày, im mẹ mồm, câm mồm, câm họng, ngậm mồm, cút đi, cút mẹ, cút xéo
  chúng mày, bọn mày, tụi mày, lũ mày, tụi bây, bọn bây, mày tao, thằng mặt, thằng cha này, con mụ, con mẹ này, thằng già này, lão già này, thằng điên, con điên, đồ điên, đồ thần kinh, đồ tâm thần, thằng khùng, đồ khùng
  thằng lợn, con lợn này, đồ lợn, thằng bò, con bò này, đồ bò, bò đỏ, bắc kỳ chó, nam kỳ chó, ba que, bê đê, pê đê, ấu dâm, hiếp dâm mày, giết mày, chém chết mày, đập chết mày, đồ phản động, bán nước, tàu khựa
  dâm loạn, dâm loạn viên, mọi rợ, nhồi sọ, bóng dơ, con đàn bà, con đỉ, đỉ, đũy, mọe, con mọe, bợ đít, bợ đỡ, đu càng, rách việc, tổ sư bố, tổ tiên mày, loại chó, thứ chó, loại mất dạy, thứ mất dạy, vô nhân tính, đầu trâu mặt ngựa
  quần què, cái quần què, cục súc, thối mồm, mõm chó, sủa bậy, chó sủa, sủa đi, sủa tiếp, cắn càn, hãm lồn, hãm tài, hãm cặc, vãi cặc, vãi l, vãi nồi, ngáo đá, nghiện ngập chúng mày, đồ ăn hại, lũ ăn hại, bọn ăn hại, ăn hại, lũ sâu mọt, đồ sâu mọt
  thằng nào con nào, thằng ranh, con ranh, ranh con, oắt con, nhãi ranh, nỡm, khẩu nghiệp, mả mẹ, mả cha, mả bố, bà mẹ mày, con bà nó, con bà mày, đồ mặt lồn, đồ mặt chó, đồ vô lại, lưu manh, đồ lưu manh, vô liêm sỉ, trơ trẽn
  đầu đất, đồ đầu đất, đầu tôm, mặt nồi, mặt lợn, đồ lừa đảo, bọn lừa đảo, lũ lừa đảo, đồ cướp, lũ cướp, bọn cướp ngày, cướp ngày, ăn cướp, hút máu dân, bọn khốn, lũ khốn, đồ chết tiệt, chết tiệt, khỉ gió, đồ quỷ, đồ yêu tinh
`

/** Rude ways to speak to or of somebody: no insult by themselves. */
const RUDE =
  'mày, tao, thằng, tụi nó, bọn nó, lũ nó, chúng nó, bọn chúng, cái đám, cái lũ, cái bọn, xàm, xạo, nhảm nhí, tào lao, vớ vẩn, điên à, khùng à, bị điên, đầu óc có vấn đề, lừa đảo dân, nói láo, bố đời, mất nết, khùng, bọn, mồm, mầy, điên, nhảm, sạo, cút, nhục, ngu ngốc, đầu gấu, mất nhân cách, vô văn hóa, mở mồm'

/** Abbreviations that stand for vulgar words whatever else the comment says. */
const TEENCODE = `
  đm, đmm, vl, xl, éo, clg, lol, lz, vch, đmẹ, đcmnr, cmml, ccgt, clmn, ccc, vloz, dmcs, xàm l, xạo l, óc l, đb chó, lone, sấp mặt lờ, vãi lờ, đmct, đcm, đkm, đcmm, đcmn, đkmm, đmn, dkm, dkmm, dcm, dcmm, dmm, đml, đmcl, đmđ, vcl, vkl, vcc, vlin, vlol, vlon, vklm, clgt, clmm, clm, cmm, cmn, cmnr, cmnl, ccmm, loz, lozz, lòn, l0z, cẹc, cặk, kặc, kẹc, kec, kak, đjt, djt, dit me, djtme, địtmẹ, ditme, ditmemay, vailon, vãilồn, vailol, xaolon, xaolol, xamlon, xamlol, xlol, xàm lol, xạo lol, vãi lol, mặt lol, như lol, sml, vcđ, đhs mày, ocho, óchó, ocdog, cờ lờ, vờ lờ, đờ mờ, đờ cờ mờ, cờ mờ nờ, vãi lều , vãi chưởng, dell, đell, đếu, cứk, kứt, cứck, lìn, xạo lìn, xàm lìn, cái lìn, cl mẹ, con cẹc, cái đcm
`

/** Abbreviations that are also units, offices or initials: "5 dm", "CC". They count only where nothing in the comment has marks. */
const TEENCODE_UNMARKED = 'dm, cc, vl, cl, vc, ccc, dcs, vkl nha, lol, ml, vl luon, dm may, dm no, qq'

/** Insults as they are typed without marks. Only what no common phrase becomes without its marks. */
const VULGAR_UNMARKED = `
  dit me, dit con me, dit bo, dit cu, du ma may, du ma, deo biet, deo hieu, deo co, deo the, deo lam, con cac, cai lon, nhu lon, mat lon, mau lon, vai lon, xao lon, con di, do di, do cho, oc cho, thang cho, lu cho, bon cho, cho chet, cho de, cho ma, mat day, do mat day, vo hoc, suc vat, do ngu, thang ngu, ngu nhu bo, ngu nhu cho, ngu xuan, ngu dot, khon nan, thang khon, me may, con me may, con me no, bo may, chung may, bon may, tui may, lu may, thang dien, do dien, cam mom, cam hong, cut di, an cut, cuc cut, dau buoi, bu cac, bu lon
`

/** Innocent phrases in which words of the lists occur. */
const INNOCENT = `
  trứng cút, chim cút, con cút, gà cút, lở mồm long móng, lở mồm, mồm miệng, ô nhục, nhục hình, cốt nhục, vinh nhục, phát điên, bệnh điên, bọn trẻ, bọn em, bọn mình, bọn cháu, bọn con, bọn tôi, bọn tội phạm, bọn buôn lậu
  cu gáy, chim cu, cu ky, éo le, ỏng eo, láo nháo, láo nhoáng, nhâng nháo, biến thái hoàn toàn, biến thái của, bệnh chó dại, tiêm phòng chó dại, phòng chống chó dại, bệnh dại, chó dại cắn, chó cắn, bị chó cắn, đú đởn, hèn mọn, hèn kém, nghèo hèn, thấp hèn, vãi lúa, rác thải bẩn thỉu, cu cườm, cu li, cu tí, cu tèo, thằng cu, cu cậu, nhà cu, cứt trâu, cứt lợn, cứt sắt, cây cứt lợn, cứt gà, cứt chim, cứt chuột, ngu ngơ, ngu ý, ngu muội, đại ngu, ngu công, ngu lâu dốt bền, đít nồi, đít chai, đít xe, lỗ đít xe
  tao nhã, tao đàn, tao ngộ, tao nhân, thanh tao, phong tao, thằng bờm, thằng cuội, thằng bé, thằng nhỏ, thằng cháu, thằng con, thằng út, thằng em, thằng gù, lông mày, chân mày, kẻ mày, chau mày, nhíu mày, mày đay, mặt mày, đầu mày, mày râu, dái tai, củ dái, khoai dái, củ mài, ỉa chảy, đi ỉa, bệnh ỉa chảy, súc vật thả rông, chăn nuôi súc vật, xe súc vật, chợ súc vật, phân súc vật, giết mổ súc vật, bùn rác rưởi
  bé chịch chòe, chim chích, điếm canh, điếm canh đê, canh điếm, nhà điếm canh, đụ đẫm, phò mã, phò tá, phò vua, phò trợ, vãi thóc, vãi hạt, gieo vãi, sư vãi
`

/** Words by which gambling is advertised; talk about gambling ("tệ nạn cờ bạc") is none. */
const GAMBLING = `
  nhà cái uy tín, nhà cái số 1, nhà cái, top nhà cái, link nhà cái, link vào nhà cái, link vào *bet, cá cược thể thao, cá cược trực tuyến, cá cược bóng đá online, cá độ online, kèo nhà cái, soi kèo, kèo bóng đá, tỷ lệ kèo, soi cầu, soi cầu lô, soi cầu miễn phí, soi cầu xsmb, dự đoán xsmb, bạch thủ lô, song thủ lô, lô đề online, lô đề uy tín, đánh lô online, ghi lô đề, chốt số, chốt số vip, dàn đề, lô xiên
  tài xỉu, tài xỉu online, xóc đĩa online, nổ hũ, nổ hũ đổi thưởng, game đổi thưởng, game bài đổi thưởng, đánh bài online, bắn cá đổi thưởng, bắn cá online, casino online, casino trực tuyến, sòng bài trực tuyến, slot game, quay hũ, tặng code, nhận code, code tân thủ, giftcode, nạp rút nhanh, nạp đầu tặng, nạp rút 1-1, rút tiền nhanh 24/7, thưởng nạp đầu, hoàn trả mỗi ngày, khuyến mãi thành viên mới, tặng 100k, tặng 50k, tặng 88k, tặng 188k, tặng 99k khi đăng ký, đăng ký nhận ngay, cược miễn phí, hoàn cược, vòng cược, đại lý cấp 1 nhà cái
  kuwin*, *kuwin, 98win*, bfa88*, fun88*, w88*, m88*, fb88*, go88*, gi8*, hi88*, jun88*, new88*, shbet*, f8bet*, okvip*, sunwin*, b52club*, 789club*, 789bet*, rikvip*, nohu*, iwin68*, hitclub*, 8xbet*, i9bet*, bk8*, vn88*, one88*, sv88*, uw88*, 33win*, 88online*, mb66*, nhatvip*, kubet*, thabet*, 188bet*, 12bet*, dafabet*, letou*, vwin*, *bet88, *win88, *vip88, *club88, 188*bet, *88bet, *789win, *68club, *bet68, *win68, taixiu*, xocdia*, banca*club
`
const GAMBLING_UNMARKED =
  'nha cai uy tin, nha cai, soi keo, soi cau, bach thu lo, lo de online, chot so vip, tai xiu, xoc dia online, no hu, game doi thuong, ban ca doi thuong, casino online, ca cuoc, nap rut nhanh, nhan code, tang code, code tan thu'

/** Words by which loans, fraud and traffic in papers are offered. */
const LOAN = `
  vay tiền nhanh, vay tiền online, vay tiền gấp, vay tiền không cần thế chấp, vay nóng, vay nhanh trong ngày, vay online, vay tín chấp, vay trả góp, vay không thế chấp, vay không cần thế chấp, vay bằng cccd, vay bằng cmnd, vay qua app, vay tiêu dùng lãi suất thấp, cho vay lãi suất thấp, hỗ trợ vay vốn nhanh, hỗ trợ vay nhanh, hỗ trợ vay tiền, cần tiền gấp, ai cần vay, ai cần tiền, cần vay liên hệ, nhận cầm đồ, cầm cavet, cầm xe không giữ xe, giải ngân ngay, giải ngân nhanh, giải ngân trong ngày, giải ngân trong 5 phút, giải ngân trong 30 phút, duyệt vay, duyệt hồ sơ trong 5 phút, chỉ cần cccd, chỉ cần cmnd, chỉ cần căn cước, không gọi người thân, không thẩm định, bao nợ xấu, nợ xấu vẫn vay, hỗ trợ nợ xấu, nợ xấu vẫn được vay, xóa nợ xấu, đáo hạn ngân hàng, đáo hạn thẻ, rút tiền thẻ tín dụng, mở thẻ tín dụng hạn mức
  việc nhẹ lương cao, kiếm tiền online, kiếm tiền tại nhà, làm việc tại nhà thu nhập, tuyển cộng tác viên online, cộng tác viên chốt đơn, hoa hồng mỗi đơn, hoa hồng 20%, thu nhập 500k mỗi ngày, lãi 30% mỗi tháng, lãi suất 0%, đầu tư sinh lời, cam kết lợi nhuận, nhân đôi tài khoản, sàn forex, sàn tiền ảo, kéo nhóm đầu tư, nhóm kín chứng khoán, phím hàng, lấy lại tiền bị lừa, lấy lại tiền lừa đảo, thu hồi vốn treo, thu hồi tiền treo, hỗ trợ lấy lại tiền, làm bằng giả, làm bằng đại học, bằng cấp giả, làm giấy tờ giả, làm cccd giả, làm sổ đỏ giả, bán tài khoản ngân hàng, thu mua tài khoản ngân hàng, thuê tài khoản ngân hàng, bán sim rác, bán hóa đơn đỏ, mua bán hóa đơn
`
const LOAN_UNMARKED =
  'vay tien nhanh, vay tien online, vay nong, vay tin chap, vay online, giai ngan nhanh, giai ngan trong ngay, bao no xau, no xau van vay, chi can cccd, chi can cmnd, viec nhe luong cao, kiem tien online, lay lai tien bi lua, ho tro vay, can tien gap'

/** Words by which sorcery is offered. */
const SORCERY = `
  bùa yêu, bùa ngải, bùa chú, bỏ bùa, làm bùa, yểm bùa, thỉnh bùa, lá bùa, thầy bùa, ngải yêu, ngải tình, luyện ngải, nuôi ngải, kumanthong, thiên linh cái, thầy pháp cao tay, thầy cúng cao tay, thầy mo cao tay, gọi vong, áp vong, trục vong, vong theo, gọi hồn, xem bói online, xem bói qua zalo, xem bói chính xác, bói bài tarot online, giải hạn online, cúng giải hạn online, giải vong, cắt tiền duyên, cắt duyên âm, trả nợ tào quan, làm phép giữ chồng, giữ chồng, kéo người yêu quay lại, lấy lại tình yêu, thu hồn, giải bùa, hóa giải bùa ngải, cầu tài lộc linh nghiệm, thỉnh vật phẩm phong thủy, vòng phong thủy hút tài lộc, cho số đề linh
`
const SORCERY_UNMARKED = 'bua yeu, bua ngai, bo bua, lam bua, thay bua, xem boi, goi vong, truc vong, giu chong, kumanthong'

/** Every built-in list. */
export const lists = once((): readonly List[] => [
  { code: 'vulgar', entries: listed(VULGAR), isDisguisable: true },
  { code: 'rude', entries: listed(RUDE) },
  { code: 'vulgar', entries: listed(VULGAR_UNMARKED), isUnmarked: true, isDisguisable: true },
  { code: 'vulgar', entries: listed(INNOCENT), isAllowing: true },
  { code: 'teencode', entries: listed(TEENCODE) },
  { code: 'teencode', entries: listed(TEENCODE_UNMARKED), isUnmarked: true },
  { code: 'gambling', entries: listed(GAMBLING), isDisguisable: true },
  { code: 'gambling', entries: listed(GAMBLING_UNMARKED), isUnmarked: true, isDisguisable: true },
  { code: 'loan', entries: listed(LOAN), isDisguisable: true },
  { code: 'loan', entries: listed(LOAN_UNMARKED), isUnmarked: true, isDisguisable: true },
  { code: 'sorcery', entries: listed(SORCERY), isDisguisable: true },
  { code: 'sorcery', entries: listed(SORCERY_UNMARKED), isUnmarked: true, isDisguisable: true },
])

function listed(text: string): string[] {
  return text
    .split(/[,\n]/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
}
