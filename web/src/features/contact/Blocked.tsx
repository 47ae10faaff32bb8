import { useQueries } from '@tanstack/react-query'
import { Flex, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { formatTime } from '@/lib/format'
import { useChannel } from '@/lib/words'

import { type Contact, suppressionsQuery } from './api'
import { useWords } from './words'

/** Why addresses of the person are on the suppression list. */
export function Blocked({ contact, zone }: { contact: Contact; zone: string }) {
  const { t } = useTranslation()
  const channel = useChannel()
  const words = useWords()
  const addresses = [
    contact.phone,
    contact.email,
    ...(contact.identities ?? []).filter((i) => i.kind === 'phone' || i.kind === 'email').map((i) => i.value),
  ].filter(Boolean)
  const found = useQueries({ queries: addresses.slice(0, 10).map((a) => suppressionsQuery(a)) })
  const entries = found.flatMap((q, i) => (q.data ?? []).map((s) => ({ ...s, address: addresses[i] ?? '' })))
  if (entries.length === 0)
    return (
      <Typography.Text type="secondary">
        {contact.blocked?.length ? t('contacts.blockedElsewhere') : t('contacts.nothingBlocked')}
      </Typography.Text>
    )
  return (
    <Flex vertical gap={8} component="ul" style={{ margin: 0, paddingInlineStart: 18 }}>
      {entries.map((s) => (
        <li key={s.id}>
          <strong style={{ overflowWrap: 'anywhere' }}>{s.address}</strong>: {words.reason(s.reason)} ·{' '}
          {s.channels?.map(channel).join(', ')} · {formatTime(s.at, zone)}
        </li>
      ))}
    </Flex>
  )
}
