// A ward portal's article as a visitor of the demo sees it, with the section under it. The ward and everyone in it are made up.
// Not for: the section itself (widget/); to this page it is a script and an element, as to any portal's.
import { Hono } from 'hono'
import { findSite } from '../core/sites.ts'
import type { AppEnv } from '../http/door.ts'
import { allowPage, Page } from '../http/page.tsx'
import { ARTICLE, articleUrl, WARD } from './ward.ts'

const PHOTO = '/assets/demo-photo.svg'
const PUBLISHED_AT = '2017-02-21T15:19:00+07:00'
const SUMMARY =
  'Ủy ban nhân dân phường Ví Dụ vừa công bố phương án chỉnh trang ngõ Hoa Giấy và năm ngõ nhánh thuộc các tổ dân phố số 3, số 4 và số 5, gồm thay rãnh thoát nước, lát lại mặt ngõ, bổ sung chiếu sáng và trồng các đoạn đường hoa. Phường mời Nhân dân nghiên cứu, tham gia ý kiến trước khi phương án được hoàn chỉnh và thực hiện.'

const NAVIGATION = ['Giới thiệu', 'Tin tức – Sự kiện', 'Văn bản', 'Thủ tục hành chính', 'Lịch công tác', 'Hỏi đáp', 'Liên hệ']
const CRUMBS = ['Tin tức – Sự kiện', 'Đô thị – Môi trường']
const RELATED = [
  ['Tổ dân phố số 4 ra quân nạo vét rãnh thoát nước trước mùa mưa', '17/02/2017'],
  ['Thông báo lịch thu gom vật liệu xây dựng thừa và đồ dùng cồng kềnh', '14/02/2017'],
  ['Hội Phụ nữ phường Ví Dụ hướng dẫn ủ phân hữu cơ từ rác nhà bếp', '10/02/2017'],
  ['Nhà văn hóa tổ dân phố số 5 mở cửa phòng đọc sách buổi tối', '06/02/2017'],
] as const
const NOTICES = [
  ['Niêm yết bản vẽ mặt bằng phương án chỉnh trang ngõ Hoa Giấy', '21/02/2017'],
  ['Lịch tiêm phòng cho chó, mèo trên địa bàn phường', '20/02/2017'],
  ['Tạm dừng cấp nước để đấu nối đường ống tại đường Thử Nghiệm', '16/02/2017'],
] as const
const SERVICES_OFFERED = ['Chứng thực bản sao', 'Đăng ký khai sinh', 'Đăng ký kết hôn', 'Xác nhận tình trạng hôn nhân']

/** The article at `/`. Throws `not_found` where the demo's ward does not exist. */
export function demoDoors(): Hono<AppEnv> {
  const doors = new Hono<AppEnv>()
  doors.get('/', async (c) => {
    const { services } = c.var
    await findSite(services, WARD.slug)
    allowPage(c, { frameAncestors: "'none'", script: 'self', connect: true })
    c.header('cache-control', 'no-cache')
    return c.html(<Portal url={articleUrl(services)} />)
  })
  return doors
}

function Portal(props: { url: string }) {
  return (
    <Page language="vi" title={ARTICLE.title} style="/assets/demo.css" head={<Head url={props.url} />}>
      <a class="skip" href="#noi-dung">
        Đến nội dung chính
      </a>
      <Banner />
      <div class="middle">
        <main id="noi-dung" tabindex={-1}>
          <Breadcrumb />
          <article class="story">
            <h1>{ARTICLE.title}</h1>
            <div class="under">
              <time datetime={PUBLISHED_AT}>15:19 21/02/2017</time>
              <Tools url={props.url} />
            </div>
            <Text />
            <Related />
            <Opinions url={props.url} />
          </article>
        </main>
        <Aside />
      </div>
      <Footer />
    </Page>
  )
}

function Head(props: { url: string }) {
  return (
    <>
      <meta name="description" content={SUMMARY} />
      <link rel="canonical" href={props.url} />
      <link rel="alternate" type="application/atom+xml" title="Ý kiến bạn đọc" href={`/feeds/${WARD.slug}.atom`} />
      <script type="module" src="/assets/demo.js" />
    </>
  )
}

function Banner() {
  return (
    <header class="banner">
      <div class="sky">
        <Skyline />
        <div class="masthead">
          <a class="ward" href="/">
            <span class="kind">Trang thông tin điện tử</span> <span class="name">Phường Ví Dụ</span>
          </a>
        </div>
      </div>
      <nav aria-label="Chuyên mục">
        <ul class="menu">
          <li>
            <a href="/">Trang chủ</a>
          </li>
          {NAVIGATION.map((name) => (
            <li>
              <Elsewhere current={name === CRUMBS[0]}>{name}</Elsewhere>
            </li>
          ))}
        </ul>
      </nav>
    </header>
  )
}

/** What would be a link to a page that this demonstration does not have: it leads nowhere and takes no focus. */
function Elsewhere(props: { children: string; current?: boolean }) {
  return <span class={props.current ? 'elsewhere current' : 'elsewhere'}>{props.children}</span>
}

/** The ward's roofs, trees and lanterns along the banner's lower edge. */
function Skyline() {
  return (
    <svg class="skyline" viewBox="0 0 640 130" preserveAspectRatio="xMaxYMax slice" aria-hidden="true" focusable="false">
      <g class="far">
        <path d="M0 130V92h30V70l26-15 26 15v20h26V60h50v32h24V76l28-17 28 17v18h36V52h46v38h26V72l30-18 30 18v20h34V58h52v34h30V74l28-16 28 16v18h34V64h60v66z" />
      </g>
      <g class="near">
        <path d="M70 130V98l-12-1q20-6 34-24h36q14 18 34 24l-12 1v32zM238 130v-38l-16-1q26-8 42-30h44q16 22 42 30l-16 1v38zM474 130v-34l-12-1q20-6 34-24h40q14 18 34 24l-12 1v34z" />
        <path d="M196 130v-36h5v36zM404 130v-40h6v40zM616 130v-42h6v42z" />
        <circle cx="186" cy="88" r="17" />
        <circle cx="208" cy="84" r="19" />
        <circle cx="196" cy="70" r="16" />
        <circle cx="392" cy="82" r="20" />
        <circle cx="420" cy="80" r="21" />
        <circle cx="406" cy="62" r="19" />
        <circle cx="604" cy="78" r="22" />
        <circle cx="634" cy="80" r="20" />
        <circle cx="620" cy="58" r="20" />
      </g>
      <g class="lanterns">
        <path class="rope" d="M406 54q50 26 100 18t114-20M208 66q40 14 78-6 60 20 120-6" />
        <path d="M440 69h8q4 6 0 13h-8q-4-7 0-13zM474 74h8q4 6 0 13h-8q-4-7 0-13zM536 70h8q4 6 0 13h-8q-4-7 0-13zM572 62h8q4 6 0 13h-8q-4-7 0-13zM236 72h7q4 6 0 12h-7q-4-6 0-12zM340 67h7q4 6 0 12h-7q-4-6 0-12zM368 64h7q4 6 0 12h-7q-4-6 0-12z" />
      </g>
    </svg>
  )
}

function Breadcrumb() {
  return (
    <nav class="crumbs" aria-label="Vị trí trang">
      <ol>
        <li>
          <a href="/">Trang chủ</a>
        </li>
        {CRUMBS.map((name) => (
          <li>
            <Elsewhere>{name}</Elsewhere>
          </li>
        ))}
      </ol>
    </nav>
  )
}

/** Print and text size need the script, which unhides them. */
function Tools(props: { url: string }) {
  const letter = `mailto:?subject=${encodeURIComponent(ARTICLE.title)}&body=${encodeURIComponent(`${SUMMARY}\r\n\r\n${props.url}`)}`
  return (
    <div class="tools">
      <a href={letter}>
        <Icon path="M2 4.5h16v11H2zM2.5 5l7.5 6 7.5-6" /> Gửi thư điện tử
      </a>
      <button type="button" data-print hidden>
        <Icon path="M5.5 7V2.5h9V7M5.5 14h-3V7h15v7h-3M5.5 11.5h9v6h-9z" /> In
      </button>
      <fieldset class="sizes" data-sizes hidden>
        <legend>Cỡ chữ</legend>
        <button type="button" data-step="-1">
          A− <span class="unseen">thu nhỏ</span>
        </button>
        <button type="button" data-step="0">
          A <span class="unseen">cỡ thường</span>
        </button>
        <button type="button" data-step="1">
          A+ <span class="unseen">phóng to</span>
        </button>
        <span class="unseen" role="status" data-size-status />
      </fieldset>
    </div>
  )
}

function Icon(props: { path: string }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={props.path} />
    </svg>
  )
}

function Text() {
  return (
    <>
      <p class="summary">{SUMMARY}</p>
      <p>
        Ngõ Hoa Giấy dài khoảng 420 mét, là lối đi chung của 186 hộ dân, nối đường Thử Nghiệm với nhà văn hóa tổ dân phố số 4. Mặt ngõ lát
        từ nhiều năm trước, nay lún, vỡ ở nhiều đoạn; rãnh thoát nước hai bên nhỏ, nắp đan nứt, bùn đất tích tụ nên thường ngập cục bộ sau
        mưa lớn, nhất là đoạn trũng gần nhà văn hóa. Qua các buổi sinh hoạt tổ dân phố, nhiều hộ đề nghị cải tạo đồng bộ, tránh tình trạng
        sửa chữa từng đoạn rồi lại phải đào lên.
      </p>
      <figure>
        <img src={PHOTO} width={1200} height={720} alt="Con ngõ lát gạch có cây xanh, bồn hoa hai bên và đèn lồng treo ngang lối đi" />
        <figcaption>Phối cảnh một đoạn ngõ Hoa Giấy sau khi chỉnh trang (tranh minh họa).</figcaption>
      </figure>
      <p>
        Theo phương án, toàn bộ rãnh cũ được thay bằng rãnh bê tông đúc sẵn rộng 40 cm, có nắp đan chịu lực và hố thu ngăn mùi đặt cách nhau
        từ 20 đến 25 mét. Cao độ mặt ngõ sau khi hoàn thành bằng hoặc thấp hơn nền nhà hiện có; những vị trí nền nhà thấp được khảo sát
        riêng để làm gờ chắn hoặc rãnh thu bổ sung. Mặt ngõ lát gạch bê tông nhám, có dải dẫn hướng cho người khiếm thị và vệt dốc cho xe
        lăn, xe nôi tại các điểm giao với ngõ nhánh.
      </p>
      <p>
        Điểm mới của phương án là các đoạn đường hoa do Nhân dân cùng trồng và chăm sóc. Dọc tường rào phía không có cửa nhà, phường dự kiến
        xây bồn hoa thấp, rộng từ 35 đến 40 cm, trồng hoa giấy, chiều tím, mười giờ và một số loại cây dễ sống. Ở những đoạn ngõ rộng dưới
        2,5 mét, thay vì xây bồn, chậu hoa được treo trên tường ở độ cao phù hợp để không cản trở việc đi lại và không làm hẹp lối vào của
        xe chữa cháy, xe cứu thương. Mười hai cây bàng, cây sấu hiện có được giữ nguyên, chỉ cắt tỉa cành khô và cành sà xuống dây điện.
      </p>
      <p>
        Cùng với mặt ngõ và cây xanh, phường đề nghị đơn vị quản lý bổ sung 14 bộ đèn tiết kiệm điện, bó gọn dây thông tin, thu hồi dây
        không còn sử dụng và bố trí hai điểm tập kết rác có nắp đậy ở đầu ngõ và cạnh nhà văn hóa. Công trình chia thành ba đợt, mỗi đợt
        không quá 25 ngày, làm xong đoạn nào hoàn trả đoạn đó để việc đi lại, buôn bán của các hộ ít bị ảnh hưởng.
      </p>
      <p>
        Kinh phí làm rãnh thoát nước và mặt ngõ do ngân sách bảo đảm; cây giống, chậu hoa được vận động trên tinh thần tự nguyện, công khai
        từng khoản thu, chi tại bảng tin của tổ dân phố. Phường không giao chỉ tiêu đóng góp đối với các hộ. Trao đổi tại buổi họp của tổ
        dân phố số 4, bà Trần Thị Thí Dụ, tổ trưởng tổ dân phố, cho biết: “Bà con mong nhất là hết ngập, sau đó mới đến đẹp. Trồng cây thì
        dễ, giữ được cây mới khó, vì vậy tổ đề nghị mỗi đoạn hoa có một nhóm hộ nhận chăm sóc, phân công rõ ngay từ đầu”.
      </p>
      <p>
        Bản vẽ mặt bằng và bảng tổng hợp khối lượng được niêm yết tại trụ sở Ủy ban nhân dân phường và nhà văn hóa các tổ dân phố số 3, số
        4, số 5. Nhân dân có thể gửi ý kiến tại mục “Ý kiến bạn đọc” dưới bài viết này, gửi bằng văn bản tại bộ phận tiếp nhận hồ sơ của
        phường hoặc nêu trực tiếp tại buổi họp tổ dân phố. Mục ý kiến được mở trong suốt thời gian thực hiện công trình; Ủy ban nhân dân
        phường tổng hợp, giải trình và công khai việc tiếp thu sau mỗi đợt thi công.
      </p>
      <p class="byline">Nguyễn Văn Thử</p>
    </>
  )
}

function Related() {
  return (
    <section class="related" aria-labelledby="tin-lien-quan">
      <h2 id="tin-lien-quan">Tin liên quan</h2>
      <ul>
        {RELATED.map(([title, date]) => (
          <li>
            <Elsewhere>{title}</Elsewhere> <span class="date">({date})</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** What a portal pastes under its articles. */
function Opinions(props: { url: string }) {
  const query = new URLSearchParams({ key: ARTICLE.key, url: props.url, title: ARTICLE.title })
  return (
    <div class="opinions">
      <script type="module" src="/widget/v1.js" />
      <y-kien site={WARD.slug} article={ARTICLE.key}>
        <canvas width="1" height="1200" />
        <noscript>
          <a href={`/r/${WARD.slug}?${query}`}>Ý kiến bạn đọc: xem và gửi ý kiến về bài viết này</a>
        </noscript>
      </y-kien>
    </div>
  )
}

function Aside() {
  return (
    <aside class="beside" aria-label="Thông tin của phường">
      <section class="box">
        <h2>Thông báo</h2>
        <ul class="list">
          {NOTICES.map(([title, date]) => (
            <li>
              <Elsewhere>{title}</Elsewhere> <span class="date">{date}</span>
            </li>
          ))}
        </ul>
      </section>
      <section class="box">
        <h2>Tiếp công dân</h2>
        <p>Sáng thứ Năm hằng tuần, từ 07:30 đến 11:30, tại phòng tiếp công dân, tầng 1, trụ sở Ủy ban nhân dân phường Ví Dụ.</p>
      </section>
      <section class="box">
        <h2>Thủ tục thường gặp</h2>
        <ul class="list">
          {SERVICES_OFFERED.map((name) => (
            <li>
              <Elsewhere>{name}</Elsewhere>
            </li>
          ))}
        </ul>
      </section>
    </aside>
  )
}

function Footer() {
  return (
    <footer class="footer">
      <div>
        <p class="agency">Ủy ban nhân dân phường Ví Dụ</p>
        <p>Số 1, đường Thử Nghiệm, phường Ví Dụ. Thư điện tử: banbientap@phuongvidu.example</p>
        <p class="made-up">
          Trang này là bản trình diễn của phần mềm Ý&nbsp;Kiến. Phường Ví Dụ không có thật; mọi tên người, địa danh, con số và ý kiến trên
          trang đều do người viết đặt ra.
        </p>
      </div>
    </footer>
  )
}
