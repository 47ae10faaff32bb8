import { createRoute, lazyRouteComponent } from '@tanstack/react-router'

import { app } from './parents'
import { idParam, oneOf, type Raw, text } from './search'

const vouchers = createRoute({
  getParentRoute: () => app,
  path: '/vouchers',
  component: lazyRouteComponent(() => import('@/routes/VouchersPage'), 'VouchersPage'),
  validateSearch: (raw: Raw): { page?: string } => ({ page: text(raw, 'page') }),
})

const voucher = createRoute({
  getParentRoute: () => app,
  path: '/vouchers/$id',
  component: lazyRouteComponent(() => import('@/routes/VoucherPage'), 'VoucherPage'),
  params: idParam,
  validateSearch: (raw: Raw): { state?: 'waiting' | 'given' | 'failed'; page?: string } => ({
    state: oneOf(raw, 'state', ['waiting', 'given', 'failed']),
    page: text(raw, 'page'),
  }),
})

export const voucherRoutes = [vouchers, voucher] as const
