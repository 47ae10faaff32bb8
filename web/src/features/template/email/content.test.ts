import { expect, test } from 'vitest'

import { bytesOf, cleanImport, lengthOf, showable } from './content'

const hash = 'a'.repeat(64)

test('pictures of other places become boxes, own ones come from this server, links lead nowhere', () => {
  const { html, foreign } = showable(
    `<p>Chào</p><img src="https://xa.example/a.png" srcset="https://xa.example/b.png 2x" alt="Áo <mới>" width="100"><img src="https://loa.example.vn/media/3/${hash}.png"><img src="data:image/png;base64,AA=="><a href="https://xa.example">Xem</a>`,
    'Ảnh',
    'http://here',
  )
  expect(foreign).toBe(1)
  const doc = new DOMParser().parseFromString(html, 'text/html')
  const [box, own, data] = doc.querySelectorAll('img')
  expect(decodeURIComponent(box?.getAttribute('src') ?? '')).toContain('&#60;')
  expect(box?.hasAttribute('srcset')).toBe(false)
  expect(own?.getAttribute('src')).toBe(`http://here/media/3/${hash}.png`)
  expect(data?.getAttribute('src')).toBe('data:image/png;base64,AA==')
  expect(html).not.toContain('xa.example')
})

test('sizes are bytes, lengths are characters', () => {
  expect(bytesOf('Chào')).toBe(5)
  expect(lengthOf('Chào 🎁')).toBe(6)
  expect(cleanImport('\uFEFF <p>x</p>\n')).toBe('<p>x</p>')
})
