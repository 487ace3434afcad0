// Vietnamese, the source of truth for every sentence the product says. Keys are shared by all languages (see en.ts).
// Not for: sentences a site writes itself (its rules, its name); those live in the site's settings.

/** What a reader sees: the widget and the page without script. The widget's bundle keeps this export and `problems` only. */
export const reader = {
  title: 'Ý kiến bạn đọc',
  titleCount: 'Ý kiến bạn đọc ({n})',
  write: 'Gửi ý kiến của Bạn',
  body: 'Nội dung ý kiến',
  placeholder: 'Nhập ý kiến của Bạn (tiếng Việt có dấu)',
  submit: 'Gửi ý kiến',
  submitting: 'Đang gửi…',
  cancel: 'Hủy',
  save: 'Lưu thay đổi',
  name: 'Họ và tên',
  nameHint: 'Có thể để trống; khi đó ý kiến hiển thị với tên “Bạn đọc”',
  nameUnpublished: 'Chỉ công khai khi được đồng ý dưới đây; nếu không, ý kiến hiển thị với tên “Bạn đọc”',
  anonymous: 'Bạn đọc',
  email: 'Thư điện tử',
  phone: 'Số điện thoại',
  contactHint: 'Không công khai; chỉ dùng để cơ quan liên hệ, trả lời',
  optional: 'Không bắt buộc',
  required: 'Bắt buộc',
  chars: 'Còn {n} ký tự',
  charsOver: 'Vượt quá {n} ký tự',
  premod: 'Ý kiến được xem xét trước khi đăng.',
  consentTerms: 'Tôi đã đọc và đồng ý với Thông báo xử lý dữ liệu cá nhân và Quy định gửi ý kiến',
  consentName: 'Tôi đồng ý công khai họ tên cùng với ý kiến',
  rules: 'Quy định gửi ý kiến',
  sent: 'Đã tiếp nhận ý kiến. Mã tra cứu: {code}',
  sentHint: 'Xin lưu lại mã tra cứu để theo dõi kết quả.',
  copyCode: 'Sao chép mã',
  copied: 'Đã sao chép',
  track: 'Tra cứu ý kiến',
  trackCode: 'Mã tra cứu',
  pendingOwn: 'Ý kiến của Bạn đang chờ xem xét',
  edit: 'Sửa',
  withdraw: 'Rút lại',
  withdrawConfirm: 'Rút lại ý kiến này? Ý kiến sẽ không được đăng.',
  withdrawn: 'Đã rút lại ý kiến.',
  edited: 'Đã tiếp nhận nội dung sửa; nội dung này được xem xét trước khi đăng.',
  tabTop: 'Quan tâm nhất',
  tabNew: 'Mới nhất',
  tabOld: 'Cũ nhất',
  tabOfficial: 'Có trả lời chính thức',
  sort: 'Sắp xếp ý kiến',
  likeCount: '{n} lượt thích',
  reply: 'Trả lời',
  replyTo: 'Trả lời {name}',
  replies: '{n} trả lời',
  moreReplies: 'Xem thêm trả lời',
  more: 'Xem thêm ý kiến',
  official: 'Trả lời chính thức',
  pinned: 'Ý kiến được ghim',
  removedPh: 'Ý kiến đã được gỡ theo quy định',
  withdrawnPh: 'Ý kiến đã được người gửi rút lại',
  empty: 'Chưa có ý kiến nào. Mời Ông/Bà gửi ý kiến đầu tiên.',
  closed: 'Đã kết thúc nhận ý kiến đối với bài viết này',
  loading: 'Đang tải ý kiến…',
  loadFailed: 'Chưa tải được ý kiến.',
  retry: 'Thử lại',
  stale: 'Đang hiển thị danh sách đã lưu lần trước.',
  timeNow: 'Vừa xong',
  timeMinutes: '{n} phút trước',
  timeHours: '{n} giờ trước',
  article: 'Bài viết',
  backToArticle: 'Quay lại bài viết',
  newest: 'Về trang đầu',
  receiptState: 'Tình trạng: {state}',
  receiptReason: 'Lý do: {reason}',
  receiptReceived: 'Tiếp nhận lúc {time}',
  like: 'Thích',
  report: 'Báo vi phạm',
  reportReason: 'Lý do báo vi phạm',
  reported: 'Đã ghi nhận báo vi phạm. Xin cảm ơn.',
  address: 'Địa chỉ (thôn, tổ dân phố)',
  kind: 'Loại ý kiến',
  consentNotify: 'Tôi đồng ý nhận thư điện tử thông báo về ý kiến này',
  privacy: 'Thông báo xử lý dữ liệu cá nhân',
  preview: 'Xem trước',
  readMore: 'Xem đầy đủ',
  reportText: 'Giải thích thêm',
  sendAnyway: 'Có thể sửa nội dung, hoặc vẫn gửi như đã viết.',
} as const

/** What the pages without script say beyond that. */
export const pages = {
  emptyClosed: 'Chưa có ý kiến nào.',
  backToList: 'Về danh sách ý kiến',
  backToComment: 'Về ý kiến này',
  opinionOf: 'ý kiến của {name}',
  beforeSending: 'Xin xem lại trước khi gửi',
  send: 'Vẫn gửi',
  chooseKind: 'Chọn loại ý kiến',
  chooseReason: 'Xin chọn một lý do.',
  reportHint: 'Chỉ cán bộ phụ trách đọc được.',
  trackHint: 'Mã gồm 34 chữ và số, đã hiện sau khi gửi ý kiến.',
  trackAnother: 'Tra cứu ý kiến khác',
  editUntil: 'Sửa được đến {time}. Nội dung sửa được xem xét trước khi đăng.',
} as const

/** Types of opinion, as their author chooses them. */
export const kinds = {
  comment: 'Bình luận về bài viết',
  question: 'Hỏi đáp',
  reflection: 'Phản ánh',
  proposal: 'Kiến nghị, đề xuất',
  suggestion: 'Góp ý về Cổng thông tin',
  praise: 'Khen ngợi, cảm ơn',
} as const

/** One sentence for each error code of core/context.ts, for the person who made the request. */
export const problems = {
  bad_request: 'Yêu cầu không đọc được. Xin kiểm tra và gửi lại.',
  bad_encoding: 'Nội dung không đúng bảng mã UTF-8. Xin gõ lại bằng bảng mã Unicode.',
  unsupported_media_type: 'Định dạng gửi lên không được hỗ trợ.',
  too_large: 'Nội dung gửi lên quá lớn.',
  validation: 'Có mục chưa đúng. Xin xem lại các mục được nêu.',
  body_too_short: 'Nội dung quá ngắn (tối thiểu {n} ký tự).',
  body_too_long: 'Nội dung vượt quá {n} ký tự.',
  body_characters: 'Nội dung có ký tự điều khiển không hợp lệ. Xin xóa ký tự đó và gửi lại.',
  name_invalid: 'Họ và tên không hợp lệ.',
  email_invalid: 'Địa chỉ thư điện tử không hợp lệ.',
  phone_invalid: 'Số điện thoại không hợp lệ. Ví dụ: 0912 345 678.',
  address_invalid: 'Địa chỉ không hợp lệ hoặc quá dài.',
  signer_title_invalid: 'Chức danh người ký không hợp lệ hoặc quá dài.',
  report_text_invalid: 'Phần giải thích không hợp lệ hoặc quá dài.',
  field_required: 'Xin nhập mục bắt buộc này.',
  terms_required: 'Cần đồng ý với Thông báo xử lý dữ liệu cá nhân để gửi ý kiến.',
  article_required: 'Chưa rõ ý kiến này thuộc bài viết nào. Xin tải lại trang.',
  url_invalid: 'Địa chỉ trang không hợp lệ.',
  thread_closed: 'Đã kết thúc nhận ý kiến đối với bài viết này.',
  parent_not_found: 'Ý kiến được trả lời không còn trên trang.',
  edit_closed: 'Đã hết thời hạn sửa ý kiến.',
  unauthenticated: 'Phiên làm việc đã hết hạn. Xin đăng nhập lại.',
  link_invalid: 'Liên kết đăng nhập đã dùng hoặc đã hết hạn. Xin đề nghị cấp liên kết mới.',
  forbidden: 'Tài khoản không có quyền thực hiện thao tác này.',
  cross_site: 'Yêu cầu đến từ một trang khác nên không được thực hiện. Xin thao tác lại trong bàn duyệt.',
  origin_not_allowed: 'Trang này chưa được đăng ký sử dụng mục ý kiến bạn đọc.',
  not_found: 'Không tìm thấy nội dung được yêu cầu.',
  receipt_not_found: 'Không tìm thấy ý kiến với mã tra cứu này.',
  conflict: 'Mục này vừa được {name} xử lý lúc {time}. Xin tải lại.',
  illegal_transition: 'Thao tác này không áp dụng được cho ý kiến ở tình trạng hiện tại.',
  undo_expired: 'Đã quá thời gian hoàn tác.',
  reason_required: 'Xin chọn lý do không đăng.',
  idempotency_mismatch: 'Mã lần gửi này đã dùng cho một nội dung khác. Xin tải lại trang rồi gửi lại.',
  idempotency_key_invalid: 'Mã lần gửi không hợp lệ.',
  reader_token_invalid: 'Mã của trình duyệt không hợp lệ. Xin tải lại trang.',
  pins_full: 'Mỗi bài viết chỉ ghim được {n} ý kiến. Xin bỏ ghim một ý kiến trước.',
  rate_limited: 'Gửi quá nhanh. Xin thử lại sau {n} giây.',
  busy: 'Hệ thống đang bận. Nội dung chưa được gửi; xin thử lại.',
  internal: 'Hệ thống gặp lỗi. Nội dung chưa được gửi; xin thử lại.',
  offline: 'Mất kết nối. Nội dung được giữ lại trên máy và sẽ được gửi khi có mạng.',
} as const

/** Moderation states as the contract names them. */
export const states = {
  pending: 'Chờ duyệt',
  published: 'Đã duyệt đăng',
  rejected: 'Không đăng',
  spam: 'Thư rác, quảng cáo',
  held: 'Để xem xét sau',
  hidden: 'Tạm ẩn',
  returned: 'Chờ bổ sung thông tin',
  withdrawn: 'Người gửi rút lại',
  sealed: 'Đã chuyển kênh mật',
} as const

/** What the sender reads about the same states: neutral, and nothing that would disclose the confidential route. */
export const receiptStates = {
  pending: 'Đang chờ xem xét',
  published: 'Đã được đăng',
  rejected: 'Không được đăng',
  spam: 'Không được đăng',
  held: 'Đang được xem xét',
  hidden: 'Tạm thời không hiển thị',
  returned: 'Cần bổ sung thông tin',
  withdrawn: 'Đã được người gửi rút lại',
  sealed: 'Được chuyển xử lý theo quy định, không đăng công khai',
} as const

/** Coded reasons for not publishing, as the sender reads them. */
export const reasons = {
  offtopic: 'Nội dung không liên quan đến bài viết',
  insult: 'Có lời lẽ xúc phạm danh dự, nhân phẩm người khác',
  profanity: 'Có từ ngữ thô tục, thiếu văn hóa',
  ads: 'Nội dung quảng cáo, mua bán',
  gambling: 'Quảng bá cờ bạc, cá độ',
  scam: 'Có dấu hiệu lừa đảo, cho vay trái phép',
  false: 'Thông tin chưa có căn cứ, chưa được kiểm chứng',
  privacy: 'Làm lộ thông tin cá nhân của người khác',
  child: 'Có thông tin về đời tư, bí mật cá nhân của trẻ em',
  illegal: 'Có dấu hiệu vi phạm pháp luật',
  secret: 'Có thông tin thuộc phạm vi bí mật nhà nước',
  hate: 'Kích động, phân biệt vùng miền, dân tộc, tôn giáo',
  imperson: 'Mạo danh cơ quan, tổ chức, cá nhân',
  duplicate: 'Trùng với ý kiến đã gửi',
  unreadable: 'Nội dung không đọc được hoặc không rõ nghĩa',
  complaint: 'Là nội dung khiếu nại; xin gửi đơn theo Luật Khiếu nại',
  denounce: 'Được chuyển xử lý theo quy định, không đăng công khai',
  notcompetent: 'Không thuộc thẩm quyền; đã chuyển, hướng dẫn gửi cơ quan có thẩm quyền',
  copyright: 'Vi phạm quyền tác giả',
  other: 'Lý do khác',
} as const

/** Why the machine points something out; advice only, for the clerk. */
export const signals = {
  invisible: 'Có ký tự ẩn, không nhìn thấy được',
  bidi: 'Có ký tự đổi chiều chữ, có thể làm nội dung hiển thị khác với thực tế',
  piled_marks: 'Có chữ mang quá nhiều dấu chồng lên nhau',
  foreign_article: 'Địa chỉ bài viết không thuộc trang đã đăng ký của cơ quan',
} as const

/** Hints to a sender before sending; none of them blocks. */
export const nudges = {
  no_diacritics: 'Nội dung chưa có dấu, người đọc có thể khó hiểu.',
  personal_data: 'Nội dung có vẻ chứa {kind}. Thông tin này có thể được ẩn khi đăng.',
  denunciation:
    'Nếu đây là đơn tố cáo hoặc khiếu nại, xin không gửi tại mục này. Xin gửi đơn hoặc đến nơi tiếp công dân của cơ quan, nơi danh tính người tố cáo được giữ bí mật.',
  name_reserved: 'Tên này trùng với tên cơ quan, chức danh. Xin cân nhắc nhập tên khác.',
  links: 'Nội dung có đường dẫn. Đường dẫn có thể được ẩn khi đăng.',
  duplicate: 'Nội dung này đã được gửi trước đó.',
} as const

/** What kinds of personal data are called in those hints. */
export const personalData = {
  phone: 'số điện thoại',
  id_number: 'số căn cước',
  email: 'địa chỉ thư điện tử',
  bank_account: 'số tài khoản',
  plate: 'biển số xe',
} as const

/** The desk: what ward staff read. */
export const desk = {
  title: 'Bàn duyệt ý kiến',
  queue: 'Hàng chờ duyệt',
  rooms: 'Các mục của bàn duyệt',
  skip: 'Đến danh sách ý kiến',
  signIn: 'Đăng nhập',
  signInTitle: 'Đăng nhập bàn duyệt',
  signInConfirm: 'Đăng nhập với tài khoản {name}. Liên kết này chỉ dùng được một lần.',
  signInNeedLink: 'Bàn duyệt mở bằng liên kết đăng nhập dùng một lần. Xin đề nghị người quản trị cấp liên kết.',
  signOut: 'Đăng xuất',
  signedOut: 'Đã đăng xuất.',
  site: 'Đơn vị',
  approve: 'Duyệt đăng',
  reject: 'Không đăng',
  rejectReason: 'Lý do không đăng',
  chooseReason: 'Chọn lý do',
  spam: 'Thư rác',
  hold: 'Để xem xét sau',
  hide: 'Tạm ẩn',
  undo: 'Hoàn tác',
  undone: 'Đã hoàn tác. Ý kiến trở lại tình trạng trước.',
  done: '{state}: ý kiến của {name}.',
  doneEffect: 'Có hiệu lực sau {n} giây.',
  conflictDecided: 'Mục này vừa được {name} xử lý lúc {time}: {state}.',
  conflictEdited: 'Người gửi đã sửa ý kiến lúc {time}. Xin đọc lại nội dung mới trước khi quyết định.',
  refused: 'Không thực hiện được: {detail}',
  emptyQueue: 'Không còn ý kiến chờ duyệt.',
  emptyList: 'Không có ý kiến nào ở mục này.',
  author: 'người gửi',
  receivedAt: 'Gửi lúc {time}',
  waiting: 'Đã chờ {time}',
  waitingMinutes: '{n} phút',
  waitingHours: '{n} giờ',
  waitingDays: '{n} ngày',
  inReplyTo: 'Trả lời ý kiến của {name}',
  publishedAs: 'Đang đăng công khai nội dung đã duyệt trước đó',
  whyFlag: 'Lý do gợi ý',
  advisory: 'Gợi ý tự động, chỉ để tham khảo',
  history: 'Lịch sử xử lý',
  historyRow: '{time} · {name}: {act}',
  actRevision: 'gửi nội dung',
  actUndo: 'hoàn tác',
  actWithdrawal: 'rút lại ý kiến',
  more: 'Xem thêm',
  open: 'Mở ý kiến',
  back: 'Quay lại danh sách',
  code: 'Mã tra cứu',
  note: 'Ghi chú',
  newArrivals: 'Có {n} ý kiến mới',
  noSites: 'Tài khoản chưa được phân công đơn vị nào. Xin liên hệ người quản trị.',
  errorTitle: 'Không thực hiện được',
  toDesk: 'Về bàn duyệt',
  tabs: 'Ý kiến theo tình trạng',
  switchSite: 'Chuyển đơn vị',
  signedInAs: 'Tài khoản',
  namePublic: 'Đồng ý công khai tên',
  namePrivate: 'Không công khai tên',
  nameMissing: 'Không ghi tên',
  newTab: 'mở trang mới',
  decisions: 'Quyết định về ý kiến của {name}',
  reasonWords: 'Lời nhắn cho người gửi',
  reasonHint: 'Người gửi đọc được lý do và lời nhắn này.',
  noteHint: 'Chỉ đồng nghiệp đọc được.',
  confirmReject: 'Xác nhận không đăng',
  conflictWithdrawn: 'Người gửi đã rút lại ý kiến lúc {time}.',
  itemTitle: 'Ý kiến {code}',
  revisions: 'Nội dung đã gửi trước đó',
  revisionAt: 'Lần {n}, gửi lúc {time}',
  search: 'Tìm kiếm',
  searchGo: 'Tìm',
  searchHint: 'Tìm có dấu hoặc không dấu trong nội dung, tên, mã tra cứu và tên bài viết; đặt cụm từ trong ngoặc kép.',
  searchBehind: 'Danh mục tìm kiếm đang được cập nhật; kết quả có thể chưa đủ.',
  searchOn: 'Chưa tìm thấy trong phần đã xem. Xin xem tiếp.',
  emptySearch: 'Không tìm thấy ý kiến phù hợp.',
  filter: 'Bộ lọc',
  filterGo: 'Áp dụng',
  filterClear: 'Xóa bộ lọc',
  stateLabel: 'Tình trạng',
  anyState: 'Mọi tình trạng',
  articleLabel: 'Bài viết (mã hoặc địa chỉ)',
  signalLabel: 'Gợi ý tự động',
  anySignal: 'Không lọc',
  fromLabel: 'Từ ngày',
  toLabel: 'Đến ngày',
  sortLabel: 'Thứ tự',
  sortUsual: 'Theo từng mục',
  sortOldest: 'Cũ nhất trước',
  sortNewest: 'Mới nhất trước',
  demoHint: 'Bản trình diễn: mọi đơn vị, tên người và nội dung đều là ví dụ.',
} as const

/** Signing in, the second factor, sessions, invitations and roles. */
export const account = {
  title: 'Tài khoản và đăng nhập',
}

/** The log of every act. */
export const record = {
  title: 'Nhật ký',
}

/** The page of one opinion. */
export const item = {
  title: 'Hồ sơ ý kiến',
}

/** What a site sets for itself. */
export const settings = {
  title: 'Thiết lập',
}

/** The practice room of the desk. */
export const practice = {
  title: 'Thực hành',
}

/** What screening tells and the rules an office writes for it. */
export const screening = {
  title: 'Sàng lọc',
}

/** Challenges, bans and floods. */
export const abuse = {
  title: 'Chống lạm dụng',
}
