// The fictional ward of the demonstration and its one article with the section.
import type { Services } from '../services.ts'

/** The demo's only site. No unit of the country has this name. */
export const WARD = { slug: 'phuong-vi-du', name: 'Phường Ví Dụ' } as const

export const ARTICLE = {
  key: 'ngo-hoa-2017',
  title: 'Phường Ví Dụ lấy ý kiến Nhân dân về phương án chỉnh trang ngõ, cải tạo rãnh thoát nước và trồng tuyến đường hoa',
} as const

/** The article's address in this installation: the front page. */
export function articleUrl(services: Services): string {
  return `${services.config.baseUrl}/`
}
