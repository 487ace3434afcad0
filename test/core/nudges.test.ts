// Hints about a text before it is sent: what is personal data and what only looks like it, which words accuse and which name a law,
// which names pass for an office and which are people's.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nudgesOf } from '../../src/core/screening/nudges.ts'
import { findPersonalData } from '../../src/core/screening/privacy.ts'
import { BUILT_IN } from '../../src/core/screening/rules.ts'

/** Each finding as its kind and the text at its place. */
const found = (text: string) => findPersonalData(text).map(({ kind, span }) => [kind, text.slice(...span)])
const codes = (text: string, name: string | null = null) =>
  nudgesOf({ body: text, name }, BUILT_IN, ['Phường Ví Dụ', 'UBND Phường Ví Dụ']).map(({ code }) => code)

describe('personal data', () => {
  it.each([
    ['phone', '0912345678'],
    ['phone', '0912 345 678'],
    ['phone', '0912.345.678'],
    ['phone', '091-234-5678'],
    ['phone', '0 9 1 2 3 4 5 6 7 8'],
    ['phone', '+84912345678'],
    ['phone', '+84 912 345 678'],
    ['phone', '84912345678'],
    ['phone', '0356789012'],
    ['phone', '0587654321'],
    ['phone', '0776543210'],
    ['phone', '0865432109'],
    ['id_number', '042095001234'],
    ['id_number', '042 095 001234'],
    ['id_number', '001 201 012 345'],
    ['email', 'nguyen.van-a+nha@gmail.com'],
    ['email', 'a@thu.phuongvidu.com.vn'],
    ['plate', '38A-123.45'],
    ['plate', '38A-12345'],
    ['plate', '38A1-123.45'],
    ['plate', '38-H1 123.45'],
    ['plate', '51F-1234'],
  ])('%s: %s', (kind, number) => {
    for (const text of [number, `Xin gọi ${number} giúp tôi.`, `Của tôi (${number}), xin cảm ơn.`, `số:${number}`])
      expect(found(text), text).toEqual([[kind, number]])
  })

  it.each([
    ['bank_account', 'Số tài khoản 19035678901234 Techcombank', '19035678901234'],
    ['bank_account', 'stk: 0123456789', '0123456789'],
    ['bank_account', 'STK Vietcombank 1012 3456 789 Nguyễn Văn A', '1012 3456 789'],
    ['bank_account', 'chuyển vào Agribank 3712205123456', '3712205123456'],
    ['bank_account', 'momo 0912345678', '0912345678'],
    ['id_number', 'CMND 184123456', '184123456'],
    ['id_number', 'số căn cước: 999 095 001234', '999 095 001234'],
    ['address', 'nhà số 38A, ngõ 123', 'nhà số 38A, ngõ 123'],
    ['phone', 'gọi không chín một hai ba bốn năm sáu bảy tám', 'không chín một hai ba bốn năm sáu bảy tám'],
    ['phone', 'zalo o912 345 67B, à nhầm o912 345 678', 'o912 345 678'],
  ])('%s by the word before it: %s', (kind, text, number) => {
    expect(found(text)).toEqual([[kind, number]])
  })

  it.each([
    'Nghị định 147/2024/NĐ-CP ngày 09/11/2024',
    'Quyết định số 0912/QĐ-UBND',
    'ngày 03/05/2026, từ 07:30 đến 09:30',
    '01.09.2026 đến 30.09.2026',
    'hết 500.000đ một tháng',
    'tổng mức 84.350.000.000 đồng',
    'chi 84.350.000.000 cho con đường',
    'hỗ trợ 912345678 đồng',
    'Vietcombank cho vay 500000000 đồng',
    'Agribank tài trợ 2 000 000 đồng',
    'ngân hàng BIDV năm 2026',
    'số tài khoản của quỹ tăng 12,5 %',
    'MST 0312345678',
    'mã số thuế: 0912345678',
    'mã đơn hàng 184123456',
    'mã hồ sơ 000.00.04.H42-260101-0345',
    'tọa độ 18.3428, 105.9057',
    'thửa 12, tờ bản đồ 5, diện tích 120 m2',
    'Tiêu chuẩn TCVN 6909:2001 và QCVN 01:2021/BXD',
    'trụ sở UBND phường, số 38A, ngõ 123',
    'tiếp công dân: 0239 3855 555, tổng đài 1900 1234, 18001234',
    'hòm thư ubnd@phuongvidu.hatinh.gov.vn',
    'kỳ 19/2025, trang 12-15',
    'nhiệt độ 38 độ, gió cấp 5',
    'dân số 12 345 678 người',
    '123456789012',
    'số 1234567890123456789012345',
    'phiên bản 1.0.912.345.678.9',
  ])('is not: %s', (text) => {
    expect(found(text)).toEqual([])
  })

  it('is found in any text around it, at its exact place', () => {
    const word = fc.constantFrom('Ông', 'đường', 'ở', 'hỏng', 'ba', 'Việt Nam', '😀', 'ạ', 'năm', '\n')
    const number = fc.constantFrom(
      ['phone', '0912 345 678'],
      ['id_number', '042095001234'],
      ['email', 'toi@thu.example.com'],
      ['plate', '38A-123.45'],
    )
    fc.assert(
      fc.property(fc.array(word), number, fc.array(word), (before, [kind, given = ''], after) => {
        const text = [...before, given, ...after].join(' ')
        expect(found(text)).toEqual([[kind, given]])
      }),
    )
  })

  it('is never one place told twice, and every place lies in the text', () => {
    const piece = fc.constantFrom('0', '9', '84', '+84', '38A', '-', '.', ' ', '123', '042', '@', 'a', 'stk', 'căn cước', 'đ', '/')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join('')
        let end = 0
        for (const { span } of findPersonalData(text)) {
          expect(span[0]).toBeGreaterThanOrEqual(end)
          expect(span[1]).toBeGreaterThan(span[0])
          end = span[1]
        }
        expect(end).toBeLessThanOrEqual(text.length)
      }),
    )
  })
})

describe('a hint', () => {
  it.each([
    ['no_diacritics', 'Duong truoc nha toi bi hong da lau, de nghi sua giup'],
    ['denunciation', 'Tôi tố cáo ông tổ trưởng nhận tiền của dân.'],
    ['denunciation', 'Cán bộ địa chính nhận hối lộ mới làm giấy.'],
    ['denunciation', 'Ai cũng phải lót tay, trên thì bao che.'],
    ['denunciation', 'Đề nghị cơ quan công an điều tra việc này.'],
    ['links', 'Xem tại https://vidu.example/bai-viet'],
    ['links', 'Vào kuwin88.com nhận thưởng'],
    ['links', 'xem www.vidu.example'],
  ] as const)('%s: %s', (code, text) => {
    expect(codes(text)).toEqual([code])
  })

  it.each(['to cao ong to truong nhan hoi lo cua dan trong xom'])('tells of accusing words also without marks: %s', (text) => {
    expect(codes(text)).toEqual(['no_diacritics', 'denunciation'])
  })

  it.each([
    'Đường trước nhà tôi hỏng đã lâu.',
    'OK',
    'Bai hay',
    'The road in front of my house is broken, please repair it before the rain.',
    'Công tác phòng, chống tham nhũng của phường rất tốt.',
    'Xin hỏi Luật Tố cáo có hiệu lực từ ngày nào?',
    'Luật Khiếu nại quy định thế nào?',
    'Lịch tiếp công dân, giải quyết khiếu nại của phường ở đâu?',
    'Nước sạch chưa về thôn 5.Mong sớm có.',
    'Họp lúc 7.30 tại nhà văn hóa.',
    'Thư về toi@vidu.gov.vn',
  ])('is not needed for: %s', (text) => {
    expect(codes(text)).toEqual([])
  })

  it.each([
    'UBND phường',
    'Ủy ban nhân dân phường Ví Dụ',
    'uy ban nhan dan',
    'Chủ tịch phường',
    'Công an phường Ví Dụ',
    'Admin',
    'BAN BIÊN TẬP',
    'Phường Ví Dụ',
    'phuong vi du',
  ])('says that a name passes for an office: %s', (name) => {
    expect(codes('Đường đã sửa xong.', name)).toEqual(['name_reserved'])
  })

  it.each(['Nguyễn Công An', 'Trần Thị Ví Dụ', "H'Hen Niê", 'Y Moan Êban', 'Lê Chủ Tịch Long', 'Lớn', 'Bạn đọc', 'Cô Ba phường khác'])(
    'says nothing of a person’s name: %s',
    (name) => {
      expect(codes('Đường đã sửa xong.', name)).toEqual([])
    },
  )

  it('takes time in proportion to the text, also where patterns could run wild', () => {
    for (const piece of ['a.', '0 9', '@a', '38A-', 'stk ', '-a', 'luật ', '1 2345 '])
      expect(nudgesOf({ body: piece.repeat(16_000), name: 'a '.repeat(40) }, BUILT_IN, []).length).toBeLessThan(7)
  })
})
