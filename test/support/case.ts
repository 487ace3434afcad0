// A comment with everything that its page can tell: an edit, signals, a conversation, others of the same reader, notes, decisions.
import { AT_EASE } from '../../src/core/abuse/pressure.ts'
import { report } from '../../src/core/comments/respond.ts'
import { revise } from '../../src/core/comments/revise.ts'
import { submit } from '../../src/core/comments/submit.ts'
import { decide } from '../../src/core/moderation/decide.ts'
import { addNote } from '../../src/core/moderation/notes.ts'
import { view } from '../../src/core/moderation/viewing.ts'
import { answer, as, send } from './opinions.ts'
import type { Service } from './service.ts'

const SENT = `Kính gửi Ủy ban nhân dân phường,

Đèn đường ở ngõ 5 hỏng từ đầu tháng, buổi tối các cháu đi học về rất nguy hiểm. Tổ dân phố đã phản ánh hai lần nhưng chưa thấy ai đến sửa.
Mong phường xem xét, cho người đến sửa sớm. Tôi xin cảm ơn.`

const EDITED = `Kính gửi Ủy ban nhân dân phường,

Đèn đường ở ngõ 5 và ngõ 7 hỏng từ giữa tháng trước, buổi tối các cháu đi học thêm về rất nguy hiểm. Tổ dân phố đã phản ánh ba lần nhưng chưa thấy ai đến sửa.
Mong phường cho người đến sửa sớm; cần thì gọi số 0912 345 678, tài khoản ủng hộ 1903 4567 8901 23 tại https://vi-du.example/ung-ho.`

/** Makes such a comment and gives its id. Moves the service's clock past its undo window. */
export async function fillCase(service: Service): Promise<string> {
  const reader = await as(service, 'reader')
  const sender = { token: crypto.randomUUID(), networks: { network: '', wide: null }, weigh: () => AT_EASE }
  const article = { key: 'bai-thu', url: service.articleUrl, title: 'Bài viết thử' }
  const author = { name: 'Bà Năm', email: 'ba.nam@example.com', phone: '0912345678' }
  for (const body of ['Rác ở đầu ngõ chưa được thu gom.', 'Vỉa hè trước chợ bị lấn chiếm, người đi bộ phải xuống lòng đường.'])
    await submit(reader, { article, body, author: { name: 'Bà Năm' } }, null, sender)
  const sent = await submit(reader, { article, body: SENT, author, consents: ['terms', 'name'] }, null, sender)
  const { id } = sent.comment
  const moderator = await as(service, 'moderator')
  await view(moderator, id)
  await addNote(moderator, id, { body: 'Đã gọi tổ trưởng tổ dân phố 3: đúng là đèn hỏng.\nChờ công ty chiếu sáng trả lời.' })
  const [held] = await decide(moderator, { items: [{ comment: id, version: 1, verdict: 'hold', note: 'Chờ xác minh.' }] }, null)
  await decide(moderator, { items: [{ comment: id, version: held?.version, verdict: 'approve' }] }, null)
  await service.endUndoWindows()
  await answer(service, id, 'Phường đã chuyển phản ánh đến công ty chiếu sáng và sẽ trả lời trước ngày 30.')
  await send(service, { body: 'Ngõ 9 cũng hỏng đèn ạ.', name: 'Ông Tư', parent: id })
  await report(reader, id, { reason: 'privacy', text: 'Có số điện thoại' }, { token: crypto.randomUUID(), network: '', agent: '' })
  await revise({ ...reader, actor: { kind: 'author' } }, id, sent.edit.token, { body: EDITED })
  return id
}
