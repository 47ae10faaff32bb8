import { render, screen } from '@testing-library/react'
import { expect, test } from 'vitest'

import '@/i18n'
import type { Counts } from './api'
import { Ratings } from './Ratings'

const counts = (stars: number[][]): Counts =>
  ({
    legs: stars.map((s) => ({ ratings: { count: s.reduce((a, b) => a + b, 0), average: 0, stars: s } })),
  }) as unknown as Counts

test('sums the stars of all channels, and shows nothing without any', () => {
  const { container } = render(<Ratings counts={counts([])} />)
  expect(container.innerHTML).toBe('')
  render(
    <Ratings
      counts={counts([
        [1, 0, 0, 0, 2],
        [0, 0, 0, 1, 0],
      ])}
    />,
  )
  expect(screen.getByText(/3,8\/5 sao từ 4 đánh giá/)).toBeTruthy()
  expect(screen.getByText('5 sao: 2 người · 4 sao: 1 người · 1 sao: 1 người')).toBeTruthy()
})
