import { Flex, Rate, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { formatNumber } from '@/lib/format'

import type { Counts } from './api'

/** The stars that people gave, where a template asks for them. */
export function Ratings({ counts }: { counts: Counts }) {
  const { t, i18n } = useTranslation()
  const given = (counts.legs ?? []).flatMap((l) => (l.ratings ? [l.ratings] : []))
  const stars = [1, 2, 3, 4, 5].map((star) => given.reduce((sum, r) => sum + (r.stars?.[star - 1] ?? 0), 0))
  const count = stars.reduce((a, b) => a + b, 0)
  if (count === 0) return null
  const average = stars.reduce((sum, n, i) => sum + n * (i + 1), 0) / count
  const shown = new Intl.NumberFormat(i18n.language === 'en' ? 'en-GB' : 'vi-VN', { maximumFractionDigits: 1 }).format(
    average,
  )
  return (
    <section aria-labelledby="ratings">
      <Typography.Title level={3} id="ratings" style={{ fontSize: 16 }}>
        {t('ratings.title')}
      </Typography.Title>
      <Flex gap={12} wrap align="center">
        <Rate disabled allowHalf value={Math.round(average * 2) / 2} aria-hidden />
        <strong>{t('ratings.summary', { average: shown, count })}</strong>
        <span>
          {stars
            .map((n, i) => ({ n, star: i + 1 }))
            .filter((s) => s.n > 0)
            .reverse()
            .map((s) => t('ratings.stars', { n: formatNumber(s.star, i18n.language), count: s.n }))
            .join(' · ')}
        </span>
      </Flex>
    </section>
  )
}
