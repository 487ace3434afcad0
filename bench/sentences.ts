// Natural Vietnamese sentences, none of which stands twice: deterministic, so that every run measures the same bytes.

const WHO = [
  'Bà con tổ 3',
  'Gia đình tôi',
  'Các cháu học sinh',
  'Người đi chợ sớm',
  'Hội phụ nữ',
  'Anh em xe ôm',
  'Cụ bà đầu ngõ',
  'Chủ quán phở',
  'Nhóm tình nguyện',
  'Tổ trưởng dân phố',
  'Công nhân vệ sinh',
  'Thầy cô trường làng',
  'Mấy hộ mặt tiền',
  'Thanh niên xóm dưới',
  'Các bác hưu trí',
  'Người bán rau',
]
const DOES = [
  'mong sớm sửa',
  'đề nghị nạo vét',
  'cảm ơn phường đã làm',
  'còn lo lắng về',
  'vừa góp tiền cho',
  'muốn biết kinh phí của',
  'thấy chưa hợp lý ở',
  'xin được giám sát',
  'rất vui vì',
  'chờ đã lâu để có',
  'chưa nhận được thông báo về',
  'tình nguyện trông coi',
  'đã họp bàn về',
  'kiến nghị lùi ngày làm',
  'đo lại và thấy sai ở',
  'ủng hộ hoàn toàn',
]
const WHAT = [
  'rãnh thoát nước',
  'hàng cây phượng',
  'bốn bóng đèn cao áp',
  'đoạn vỉa hè lát đá',
  'nắp cống bê tông',
  'bãi gửi xe chung',
  'điểm thu gom rác',
  'sân chơi trẻ em',
  'bờ kè con mương',
  'biển báo giảm tốc',
  'trạm bơm chống úng',
  'tuyến cáp viễn thông',
  'nhà văn hóa cũ',
  'giếng nước công cộng',
  'dải phân cách mềm',
  'bồn hoa giấy',
]
const WHERE = [
  'ở đầu ngõ Hoa Giấy',
  'sát cổng trường mẫu giáo',
  'đối diện trạm y tế',
  'bên hông chợ chiều',
  'trước nhà số bốn mươi hai',
  'chạy dọc bờ sông',
  'tại ngã ba cây đa',
  'phía sau đình làng',
  'cạnh bến đò ngang',
  'trong khu tập thể',
  'giữa hai tổ dân phố',
  'gần cầu sắt',
  'ở cuối đường bê tông',
  'quanh ao cá Bác Hồ',
  'dưới chân cột điện số bảy',
  'nơi hay ngập nhất',
]
const WHEN = [
  'từ trước Tết',
  'ngay trong tháng này',
  'khi mùa mưa chưa tới',
  'vào các sáng thứ bảy',
  'sau giờ tan tầm',
  'đúng như biên bản họp',
  'dù trời còn rét',
  'mà không ai báo trước',
  'nếu ngân sách cho phép',
  'để các cháu đi học an toàn',
  'trước khi khởi công',
  'cho kịp ngày hội làng',
  'như đã hứa năm ngoái',
  'theo đúng bản vẽ',
  'vì lợi ích chung',
  'không để kéo dài nữa',
]

/** The number of different sentences. */
export const SENTENCES = 16 ** 5

/** Sentence number `n`; different for every n below {@link SENTENCES}. */
export function sentence(n: number): string {
  // A multiplier that shares no factor with 16 walks through every combination in a scattered order.
  let rest = (n * 611_953 + 77_777) % SENTENCES
  const words = [WHO, DOES, WHAT, WHERE, WHEN].map((list) => {
    const word = list[rest % 16] ?? ''
    rest = Math.floor(rest / 16)
    return word
  })
  return `${words.join(' ')}.`
}

/** A comment of about 300 characters, and the number of the next sentence. */
export function comment(from: number): { body: string; next: number } {
  let body = ''
  let next = from
  while (body.length < 290) body += `${body === '' ? '' : ' '}${sentence(next++)}`
  return { body, next }
}
