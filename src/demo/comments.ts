// What the fictional residents of the demo's ward wrote about its article, and what became of each. Every person is made up.
// Not for: sentences of the product (i18n/); these are content.
import type { Reason, Verdict } from '../core/comments/states.ts'

/** A time before the seeding: a clock time (Vietnam) some days ago, or minutes ago. */
export type Moment = { daysAgo: number; at: string } | { minutesAgo: number }

/** What came after: a person's decision, or the author's own change or withdrawal. Decisions are the moderator's unless `by` says otherwise. */
export type DemoStep = { when: Moment } & (
  | { verdict: Verdict; reason?: Reason; reason_text?: string; note?: string; by?: 'admin'; reply?: { body: string; signer_title: string } }
  | { body: string }
  | { withdrawn: true }
)

/** One opinion. A given name is public unless `isNamePublic` says otherwise; `replyTo` names another's `id`. */
export type DemoComment = {
  id: string
  sent: Moment
  name?: string
  isNamePublic?: boolean
  email?: string
  phone?: string
  body: string
  replyTo?: string
  after?: DemoStep[]
}

/** The ward's rules, as its settings hold them. */
export const RULES = `1. Nội dung viết bằng tiếng Việt có dấu, rõ ràng, liên quan đến bài viết hoặc đến địa bàn.
2. Không xúc phạm danh dự, nhân phẩm, uy tín của cơ quan, tổ chức, cá nhân; không dùng từ ngữ thô tục.
3. Không đăng thông tin sai sự thật, thông tin chưa được kiểm chứng, nội dung vi phạm pháp luật.
4. Không đăng quảng cáo, đường dẫn, thông tin mua bán, cờ bạc, vay tiền.
5. Không công khai thông tin cá nhân của mình hoặc của người khác (số điện thoại, số căn cước, số tài khoản, địa chỉ nhà).
6. Không mạo danh cơ quan, tổ chức, cá nhân khác.
7. Khiếu nại, tố cáo: xin gửi đơn hoặc đến trực tiếp nơi tiếp công dân tại trụ sở Ủy ban nhân dân phường Ví Dụ; mục này không thay thế thủ tục khiếu nại, tố cáo.
8. Ý kiến được xem xét trước khi đăng. Ủy ban nhân dân phường Ví Dụ có thể không đăng, hoặc ẩn một phần nội dung (thông tin cá nhân, từ ngữ không phù hợp) nhưng không sửa làm thay đổi ý kiến.`

/** Published: seven, two of them replies, one with an edit that waits, one that the ward answers. */
const PUBLISHED: DemoComment[] = [
  {
    id: 'flooded-doorstep',
    sent: { daysAgo: 5, at: '19:42' },
    name: 'Trần Thị Ví Dụ',
    email: 'tranthividu@example.com',
    body: 'Tôi ở cuối ngõ, mỗi lần mưa to là nước lên đến bậc cửa, có hôm nửa đêm cả nhà phải dậy kê đồ. Phường làm lại rãnh thoát nước là bà con chúng tôi mừng lắm. Đề nghị làm hố thu ở đoạn trũng gần nhà văn hóa trước, đừng để đến mùa mưa mới làm.',
    after: [
      {
        when: { daysAgo: 4, at: '08:10' },
        verdict: 'approve',
        by: 'admin',
        reply: {
          body: 'Ủy ban nhân dân phường Ví Dụ cảm ơn ý kiến của Bà. Đoạn trũng gần nhà văn hóa được đưa vào đợt thi công đầu tiên, có hố thu và lưới chắn rác; dự kiến hoàn thành trước mùa mưa. Tổ dân phố sẽ được mời giám sát và ký xác nhận khi nghiệm thu.',
          signer_title: 'Phó Chủ tịch Ủy ban nhân dân phường',
        },
      },
    ],
  },
  {
    id: 'drain-covers',
    sent: { daysAgo: 5, at: '20:15' },
    name: 'Lê Văn Mẫu',
    body: 'Nhất trí với phương án. Tuy nhiên nắp rãnh phải là loại chịu được xe ba gác và xe chở vật liệu, nắp cũ làm chưa được mấy năm đã vỡ gần hết.\n\nKhi nghiệm thu nên mời đại diện tổ dân phố cùng tham gia và ký xác nhận từng đoạn.',
    after: [{ when: { daysAgo: 4, at: '08:12' }, verdict: 'approve' }],
  },
  {
    id: 'narrow-part',
    sent: { daysAgo: 4, at: '06:35' },
    body: 'Ngõ nhánh chỗ tôi ở nơi hẹp nhất chưa đến 2 mét, treo chậu thì được chứ đừng xây bồn. Hai xe máy tránh nhau đã khó, lỡ nhà ai có việc mà xe cứu thương không vào được thì khổ.',
    after: [{ when: { daysAgo: 4, at: '08:15' }, verdict: 'approve' }],
  },
  {
    id: 'thorns',
    sent: { daysAgo: 4, at: '21:20' },
    name: 'Bạn đọc Thử Nghiệm',
    body: 'Hoa giấy đẹp nhưng nhiều gai. Đoạn gần trường mầm non nên trồng loại không gai để các cháu khỏi xước tay. Chiều tím với mười giờ dễ sống, ít phải chăm, tôi trồng trước cửa mấy năm nay thấy rất hợp.\n\nNếu phường cần, tôi xin góp hai chục bầu chiều tím đã giâm sẵn.',
    after: [{ when: { daysAgo: 3, at: '07:48' }, verdict: 'approve' }],
  },
  {
    id: 'watering',
    sent: { daysAgo: 3, at: '09:30' },
    name: 'Phạm Thị Minh Họa',
    replyTo: 'thorns',
    body: 'Bác cho tôi xin vài bầu với nhé. Bức tường cạnh nhà tôi để trống lâu rồi, tôi xin nhận tưới hằng ngày cả đoạn đó.',
    after: [{ when: { daysAgo: 3, at: '10:05' }, verdict: 'approve' }],
  },
  {
    id: 'measure-again',
    sent: { daysAgo: 3, at: '12:26' },
    name: 'Nguyễn Văn Giả Định',
    replyTo: 'narrow-part',
    body: 'Đúng vậy. Đoạn qua giếng cũ chỉ vừa một xe máy, đề nghị đo lại thực tế rồi hãy chốt chỗ treo chậu.',
    after: [{ when: { daysAgo: 3, at: '13:40' }, verdict: 'approve' }],
  },
  {
    id: 'costs',
    sent: { daysAgo: 2, at: '10:05' },
    name: 'Hoàng Thị Thí Dụ',
    email: 'hoangthithidu@example.com',
    body: 'Ủng hộ phường. Đề nghị công khai kinh phí từng đợt ở bảng tin tổ dân phố để bà con cùng theo dõi.',
    after: [
      { when: { daysAgo: 2, at: '10:11' }, verdict: 'approve' },
      {
        when: { daysAgo: 2, at: '10:17' },
        body: 'Ủng hộ phường. Đề nghị công khai kinh phí từng đợt ở bảng tin tổ dân phố để bà con cùng theo dõi, và báo trước thời gian thi công từng đoạn, vì mấy hộ bán hàng ăn sáng đầu ngõ còn phải thu xếp chỗ.',
      },
    ],
  },
]

/** Waiting for a person: five, each with something that a person should look at. */
const PENDING: DemoComment[] = [
  {
    id: 'no-marks',
    sent: { minutesAgo: 318 },
    name: 'Vu Van Mau Thu',
    body: 'Toi thay lam duong hoa rat dep, nhung ai se tuoi cay va cat tia hang thang? De nghi to dan pho phan cong ro rang, lam xong roi bo do thi phi lam.',
  },
  {
    id: 'street-light',
    sent: { minutesAgo: 196 },
    name: 'Bùi Văn Thử',
    phone: '0900 000 000',
    body: 'Đèn ở ngõ nhánh thứ hai hỏng đã mấy tuần, tối đi làm về rất nguy hiểm. Khi các anh đi khảo sát vị trí đặt đèn xin gọi cho tôi theo số 0900 000 000, tôi ở nhà cả ngày, sẽ dẫn đi xem.',
  },
  {
    id: 'arithmetic',
    sent: { minutesAgo: 104 },
    name: 'Đỗ Thị Mẫu Số',
    body: 'Cho tôi hỏi: gọi bề rộng ngõ là a, bồn hoa cộng lối đi là b, nếu a<b thì sao? Ví dụ 1,8 m < 0,4 m + 1,5 m thì có treo chậu thay bồn không, hay bỏ trống đoạn đó & chỉ lát gạch? Mong phường trả lời sớm ạ 🌸🙏',
  },
  {
    id: 'hidden-address',
    sent: { minutesAgo: 47 },
    name: 'Vườn Hoa Tưởng Tượng',
    body: 'Hoan nghênh phường trồng hoa. Bà con cần chậu tr\u200Beo, đất tr\u200Bồng giá gốc thì vào \u202Eelpmaxe.aohuahc\u202C nhé, giao tận ngõ.',
  },
  {
    id: 'same-flood',
    sent: { minutesAgo: 12 },
    name: 'Đặng Thị Ví Dụ',
    isNamePublic: false,
    replyTo: 'flooded-doorstep',
    body: 'Chỗ nhà văn hóa tôi cũng bị, có lần xe chết máy ngay giữa ngõ. Cô chú nào còn ảnh hôm ngập thì gửi cho phường để bên kỹ thuật biết mực nước.',
  },
]

/** Not before the public: kept for later, rejected, spam, withdrawn, hidden. */
const OTHERS: DemoComment[] = [
  {
    id: 'contribution',
    sent: { daysAgo: 2, at: '21:14' },
    name: 'Vũ Văn Giả Sử',
    isNamePublic: false,
    body: 'Hôm họp tổ tôi nghe nói mỗi hộ phải nộp năm trăm nghìn tiền cây, sao trong bài lại ghi là tự nguyện? Đề nghị phường trả lời cho rõ.',
    after: [{ when: { daysAgo: 1, at: '08:22' }, verdict: 'hold', note: 'Đã hỏi tổ dân phố số 5 về nội dung buổi họp, chờ trả lời.' }],
  },
  {
    id: 'residence',
    sent: { daysAgo: 3, at: '15:08' },
    name: 'Ngô Thị Thử',
    body: 'Cho em hỏi đăng ký tạm trú cho cháu lên ở nhờ để đi học thì cần giấy tờ gì ạ? Em gọi lên phường mấy hôm chưa được.',
    after: [
      {
        when: { daysAgo: 3, at: '16:20' },
        verdict: 'reject',
        reason: 'offtopic',
        reason_text: 'Thủ tục đăng ký tạm trú xin hỏi tại bộ phận tiếp nhận hồ sơ của phường trong giờ hành chính.',
      },
    ],
  },
  {
    id: 'gambling',
    sent: { daysAgo: 2, at: '02:51' },
    name: 'NHÀ CÁI VÍ DỤ 999',
    body: 'NHÀ CÁI VÍ DỤ 999 – đăng ký tặng ngay 150%, nổ hũ, lô đề trực tuyến, rút tiền 2 phút. Phường Ví Dụ ngõ hoa thoát nước. Vào vidu999.example nhận mã',
    after: [{ when: { daysAgo: 2, at: '07:55' }, verdict: 'spam', reason: 'gambling' }],
  },
  {
    id: 'old-tree',
    sent: { daysAgo: 3, at: '19:31' },
    name: 'Lý Văn Nháp',
    body: 'Tôi không đồng ý chặt cây bàng đầu ngõ, cây đó có từ thời các cụ.',
    after: [{ when: { daysAgo: 3, at: '19:58' }, withdrawn: true }],
  },
  {
    id: 'neighbour',
    sent: { daysAgo: 4, at: '11:47' },
    body: 'Rãnh tắc là do quán ăn giữa ngõ đổ dầu mỡ xuống chứ không phải tại rãnh nhỏ. Nhà đó đang kiện cáo nhau chuyện chia đất, ai trong ngõ cũng biết.',
    after: [
      { when: { daysAgo: 4, at: '13:35' }, verdict: 'approve' },
      {
        when: { daysAgo: 3, at: '08:40' },
        verdict: 'hide',
        reason: 'privacy',
        note: 'Có người báo câu cuối nói chuyện riêng của gia đình khác. Tạm ẩn.',
        by: 'admin',
      },
    ],
  },
]

export const COMMENTS: readonly DemoComment[] = [...PUBLISHED, ...PENDING, ...OTHERS]
