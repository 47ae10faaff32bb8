import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'

import { activity, campaign, counts, session, why } from '@/test/factories'
import { open } from '@/test/render'
import { problem, serve } from '@/test/server'

const signedIn = { 'GET /session': session(), 'GET /setup': { needed: false } }
const one = {
  ...signedIn,
  'GET /campaigns/7': campaign(),
  'GET /campaigns/7/counts': counts(),
  'GET /campaigns/7/activity': { items: [activity()] },
  'GET /campaigns/7/contacts/41/why': why(),
}

test('nobody signed in: every page leads to sign-in, and back after it', async () => {
  let inside = false
  const asked = serve({
    'GET /setup': { needed: false },
    'GET /session': () => (inside ? session() : problem(401, 'access.sign_in', 'Hãy đăng nhập trước.')),
    'POST /session': () => {
      inside = true
      return session()
    },
    'GET /campaigns': { items: [] },
  })
  const router = open('/campaigns')
  const user = userEvent.setup()
  await user.type(await screen.findByLabelText('Email'), 'chu@shop.vn')
  await user.type(screen.getByLabelText('Mật khẩu'), 'mot mat khau dai')
  await user.click(screen.getByRole('button', { name: 'Đăng nhập' }))
  expect(await screen.findByText('Chưa có chiến dịch nào')).toBeTruthy()
  expect(router.state.location.pathname).toBe('/campaigns')
  expect(asked.find((a) => a.method === 'POST')?.body).toEqual({ email: 'chu@shop.vn', password: 'mot mat khau dai' })
})

test('a wrong password is said in the words of the server', async () => {
  serve({
    'GET /setup': { needed: false },
    'GET /session': problem(401, 'access.sign_in', 'Hãy đăng nhập trước.'),
    'POST /session': problem(401, 'login.refused', 'Email hoặc mật khẩu không đúng.'),
  })
  open('/login')
  const user = userEvent.setup()
  await user.type(await screen.findByLabelText('Email'), 'chu@shop.vn')
  await user.type(screen.getByLabelText('Mật khẩu'), 'sai{Enter}')
  expect(await screen.findByText('Email hoặc mật khẩu không đúng.')).toBeTruthy()
})

test('the first start asks for an owner', async () => {
  serve({ 'GET /setup': { needed: true }, 'GET /session': problem(401, 'access.sign_in', '') })
  const router = open('/')
  expect(await screen.findByText('Tạo tài khoản chủ sở hữu')).toBeTruthy()
  expect(router.state.location.pathname).toBe('/setup')
})

test('the list shows state, channels and progress, and says when a filter finds nothing', async () => {
  const asked = serve({
    ...signedIn,
    'GET /campaigns': (a: { query: URLSearchParams }) => ({ items: a.query.get('search') ? [] : [campaign()] }),
  })
  open('/campaigns')
  const row = (await screen.findByText('Khai trương Thủ Đức')).closest('tr')
  if (!row) throw new Error('the campaign stands in no row')
  expect(within(row).getByText('Đang chạy')).toBeTruthy()
  expect(within(row).getByText(/ZNS → SMS/)).toBeTruthy()
  expect(within(row).getByText('Đã xong 75 trên 90 người')).toBeTruthy()
  await userEvent.type(screen.getByLabelText('Tìm theo tên'), 'không có{Enter}')
  expect(await screen.findByText('Không có chiến dịch nào khớp bộ lọc')).toBeTruthy()
  expect(asked.at(-1)?.query.get('search')).toBe('không có')
})

test('an error shows its text and request id, and can be tried again', async () => {
  let broken = true
  serve({
    ...signedIn,
    'GET /campaigns': () =>
      broken ? problem(400, 'request.invalid', 'Yêu cầu chưa hợp lệ.') : { items: [campaign()] },
  })
  open('/campaigns')
  expect(await screen.findByText('Yêu cầu chưa hợp lệ.')).toBeTruthy()
  expect(screen.getByText('Mã yêu cầu: req-1')).toBeTruthy()
  broken = false
  await userEvent.click(screen.getByRole('button', { name: 'Thử lại' }))
  expect(await screen.findByText('Khai trương Thủ Đức')).toBeTruthy()
})

test('a number opens the people behind it', async () => {
  const asked = serve(one)
  const router = open('/campaigns/7')
  await userEvent.click(await screen.findByRole('button', { name: 'Gửi thất bại, ZNS, Kênh chính: 15' }))
  await waitFor(() => {
    expect(router.state.location.search).toMatchObject({ status: 'failed', rank: 0 })
  })
  await waitFor(() => {
    const last = asked.filter((a) => a.path.endsWith('/activity')).at(-1)
    expect([last?.query.get('status'), last?.query.get('rank')]).toEqual(['failed', '0'])
  })
})

test('"Vì sao?" tells one person’s story; raw answers stay text', async () => {
  serve(one)
  const router = open('/campaigns/7')
  await userEvent.click(await screen.findByRole('button', { name: 'Vì sao? Nguyễn Thị Hà' }))
  const drawer = await screen.findByRole('dialog')
  expect(await within(drawer).findByText('ZNS bị từ chối: số này không có tài khoản Zalo.')).toBeTruthy()
  expect(within(drawer).getByText(/Dùng kênh dự phòng SMS/)).toBeTruthy()
  expect(within(drawer).getByText('<script>alert(1)</script>')).toBeTruthy()
  expect(router.state.location.search).toMatchObject({ who: 41 })
})

test('cancelling asks first and says how many messages wait', async () => {
  const asked = serve({ ...one, 'POST /campaigns/7/cancel': campaign({ state: 'cancelled' }) })
  open('/campaigns/7')
  await userEvent.click(await screen.findByRole('button', { name: /Hủy chiến dịch/ }))
  const dialog = await screen.findByRole('dialog')
  expect(within(dialog).getByText(/Còn 15 tin đang chờ/)).toBeTruthy()
  expect(asked.some((a) => a.method === 'POST')).toBe(false)
  await userEvent.click(within(dialog).getByRole('button', { name: 'Hủy chiến dịch' }))
  await waitFor(() => {
    expect(asked.some((a) => a.method === 'POST' && a.path === '/campaigns/7/cancel')).toBe(true)
  })
})

test('the language switch changes every text at once', async () => {
  serve({ ...signedIn, 'GET /campaigns': { items: [campaign()] } })
  open('/campaigns')
  await screen.findAllByText('Đang chạy')
  await userEvent.click(screen.getByText('English'))
  expect((await screen.findAllByText('Running')).length).toBeGreaterThan(0)
  expect(document.documentElement.lang).toBe('en')
})

test('signing out leads to sign-in', async () => {
  let inside = true
  serve({
    'GET /setup': { needed: false },
    'GET /session': () => (inside ? session() : problem(401, 'access.sign_in', 'Hãy đăng nhập trước.')),
    'DELETE /session': () => {
      inside = false
      return null
    },
    'GET /campaigns': { items: [campaign()] },
  })
  const router = open('/campaigns')
  await screen.findByText('Khai trương Thủ Đức')
  await userEvent.click(screen.getByRole('menuitem', { name: /Đăng xuất/ }))
  expect(await screen.findByRole('button', { name: 'Đăng nhập' })).toBeTruthy()
  expect(router.state.location.pathname).toBe('/login')
})

test('a session that ended leads to sign-in and back to the same page', async () => {
  let inside = false
  serve({
    ...one,
    'GET /session': () => (inside ? session() : problem(401, 'access.sign_in', 'Hãy đăng nhập trước.')),
    'POST /session': () => {
      inside = true
      return session()
    },
  })
  const router = open('/campaigns/7')
  const user = userEvent.setup()
  await user.type(await screen.findByLabelText('Email'), 'chu@shop.vn')
  await user.type(screen.getByLabelText('Mật khẩu'), 'mot mat khau dai{Enter}')
  expect(await screen.findByRole('heading', { name: 'Khai trương Thủ Đức' })).toBeTruthy()
  expect(router.state.location.pathname).toBe('/campaigns/7')
})
