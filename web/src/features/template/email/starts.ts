import type { TFunction } from 'i18next'

/** A part that can be put into a mail. */
export interface Piece {
  key: string
  mjml: string
}

const accent = '#0958d9'
const placeholder = (width: number, height: number) => {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="#dbe4f0"/></svg>`
  return `data:image/svg+xml,${encodeURIComponent(svg)}`
}

const text = (html: string, more = '') =>
  `<mj-text font-size="15px" line-height="1.6" color="#1f2937" ${more}>${html}</mj-text>`
const title = (html: string, more = '') =>
  `<mj-text font-size="24px" line-height="1.3" font-weight="700" color="#111827" ${more}>${html}</mj-text>`
const button = (label: string, more = '') =>
  `<mj-button href="https://" background-color="${accent}" color="#ffffff" font-size="15px" border-radius="6px" ${more}>${label}</mj-button>`
const image = (width: number, height: number, more = '') =>
  `<mj-image src="${placeholder(width, height)}" alt="" ${more}></mj-image>`
const column = (inner: string, more = '') => `<mj-column ${more}>${inner}</mj-column>`
const section = (inner: string, more = '') => `<mj-section background-color="#ffffff" ${more}>${inner}</mj-section>`
const one = (inner: string, more = '') => section(column(inner), more)

const page = (inner: string, t: TFunction) =>
  `<mjml lang="${t('emailEditor.sample.language')}"><mj-head><mj-attributes><mj-all font-family="Arial, Helvetica, sans-serif"></mj-all></mj-attributes></mj-head><mj-body background-color="#f3f4f6" width="600px">${inner}</mj-body></mjml>`

const head = (t: TFunction) =>
  one(
    `<mj-text align="center" font-size="18px" font-weight="700" color="${accent}">${t('emailEditor.sample.brand')}</mj-text>`,
  )

const foot = (t: TFunction) =>
  `<mj-section padding-top="16px"><mj-column><mj-text align="center" font-size="12px" line-height="1.6" color="#4b5563">${t('emailEditor.sample.footer')}<br><a href="{{ unsubscribe_url }}" style="color:#4b5563">${t('emailEditor.sample.unsubscribe')}</a></mj-text></mj-column></mj-section>`

const voucher = (t: TFunction) =>
  `<mj-section background-color="#fff7e6"><mj-column border="2px dashed #d48806" padding="8px"><mj-text align="center" font-size="14px" color="#613400">${t('emailEditor.sample.voucherLead')}</mj-text><mj-text align="center" font-size="28px" font-weight="700" letter-spacing="2px" color="#613400">{{ params.voucher | default: "LOA2026" }}</mj-text><mj-text align="center" font-size="13px" color="#613400">${t('emailEditor.sample.voucherEnd')}</mj-text></mj-column></mj-section>`

const row = (left: string, right: string, more = '') =>
  `<mj-section background-color="#ffffff" padding-top="0px" padding-bottom="0px" ${more}><mj-group><mj-column width="60%"><mj-text font-size="14px" color="#1f2937">${left}</mj-text></mj-column><mj-column width="40%"><mj-text align="right" font-size="14px" color="#1f2937">${right}</mj-text></mj-column></mj-group></mj-section>`

const greeting = (t: TFunction) =>
  t('emailEditor.sample.greeting', { name: `{{ contact.name | default: "${t('emailEditor.sample.anybody')}" }}` })

/** The kinds of mails that one can begin with. */
export const startKeys = ['blank', 'announcement', 'voucher', 'newsletter', 'receipt'] as const
export type StartKey = (typeof startKeys)[number]

/** The MJML of a start. The words are those of the page's language; an author replaces them. */
export function startOf(key: StartKey, t: TFunction): string {
  switch (key) {
    case 'announcement':
      return page(
        head(t) +
          one(image(600, 240, 'padding="0px"'), 'padding="0px"') +
          one(
            title(t('emailEditor.sample.newsTitle')) +
              text(`${greeting(t)}<br><br>${t('emailEditor.sample.newsText')}`) +
              button(t('emailEditor.sample.more')),
          ) +
          foot(t),
        t,
      )
    case 'voucher':
      return page(
        head(t) +
          one(
            title(t('emailEditor.sample.giftTitle'), 'align="center"') +
              text(`${greeting(t)}<br><br>${t('emailEditor.sample.giftText')}`),
          ) +
          voucher(t) +
          one(button(t('emailEditor.sample.buy'))) +
          foot(t),
        t,
      )
    case 'newsletter':
      return page(
        head(t) +
          one(title(t('emailEditor.sample.weekTitle')) + text(t('emailEditor.sample.weekText'))) +
          section(
            column(
              image(280, 180) +
                text(`<b>${t('emailEditor.sample.story', { n: 1 })}</b><br>${t('emailEditor.sample.storyText')}`) +
                button(t('emailEditor.sample.read'), 'align="left"'),
            ) +
              column(
                image(280, 180) +
                  text(`<b>${t('emailEditor.sample.story', { n: 2 })}</b><br>${t('emailEditor.sample.storyText')}`) +
                  button(t('emailEditor.sample.read'), 'align="left"'),
              ),
          ) +
          foot(t),
        t,
      )
    case 'receipt':
      return page(
        head(t) +
          one(
            title(t('emailEditor.sample.orderTitle')) +
              text(`${greeting(t)}<br><br>${t('emailEditor.sample.orderText')}`),
          ) +
          row(t('emailEditor.sample.orderCode'), '<b>{{ params.ma_don }}</b>') +
          row(t('emailEditor.sample.orderDate'), '{{ params.ngay }}') +
          row(t('emailEditor.sample.orderSum'), '<b>{{ params.tong_tien }}</b>', 'padding-bottom="16px"') +
          one(button(t('emailEditor.sample.orderSee'))) +
          foot(t),
        t,
      )
    default:
      return page(one(text(greeting(t))) + foot(t), t)
  }
}

/** The parts that can be added, in the order of the list. */
export function piecesOf(t: TFunction): Piece[] {
  return [
    { key: 'text', mjml: text(t('emailEditor.sample.text')) },
    { key: 'title', mjml: title(t('emailEditor.sample.title')) },
    { key: 'image', mjml: image(600, 300) },
    { key: 'button', mjml: button(t('emailEditor.sample.more')) },
    { key: 'divider', mjml: '<mj-divider border-width="1px" border-color="#d1d5db"></mj-divider>' },
    { key: 'spacer', mjml: '<mj-spacer height="24px"></mj-spacer>' },
    { key: 'one', mjml: one(text(t('emailEditor.sample.text'))) },
    {
      key: 'two',
      mjml: section(column(text(t('emailEditor.sample.text'))) + column(text(t('emailEditor.sample.text')))),
    },
    { key: 'three', mjml: section([1, 2, 3].map(() => column(text(t('emailEditor.sample.short')))).join('')) },
    {
      key: 'picture',
      mjml: section(
        column(image(280, 200), 'width="40%"') +
          column(title(t('emailEditor.sample.title')) + text(t('emailEditor.sample.text')), 'width="60%"'),
      ),
    },
    {
      key: 'product',
      mjml: section(
        [1, 2]
          .map(() =>
            column(
              image(280, 280) +
                text(
                  `<b>${t('emailEditor.sample.product')}</b><br>${t('emailEditor.sample.price')}`,
                  'align="center"',
                ) +
                button(t('emailEditor.sample.buy')),
            ),
          )
          .join(''),
      ),
    },
    { key: 'voucher', mjml: voucher(t) },
    {
      key: 'social',
      mjml: one(
        '<mj-social mode="horizontal" font-size="13px"><mj-social-element name="facebook" href="https://facebook.com/" src="" color="#1f2937">Facebook</mj-social-element></mj-social>',
      ),
    },
    { key: 'footer', mjml: foot(t) },
    { key: 'raw', mjml: one('<mj-raw><p>HTML</p></mj-raw>') },
  ]
}
