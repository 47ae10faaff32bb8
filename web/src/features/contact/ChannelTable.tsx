import { Table, Tag, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { useChannel } from '@/lib/words'

import type { Contact } from './api'
import { type Channel, channels } from './words'

/** What holds for each channel: address, consent, suppression, and whether advertising may be sent. */
export function ChannelTable({ contact }: { contact: Contact }) {
  const { t } = useTranslation()
  const channel = useChannel()
  const has = (list: string[] | null, c: Channel) => Boolean(list?.includes(c))
  const mark = (yes: boolean, word: string, other: string, colour: string) => (
    <Tag color={yes ? colour : undefined} style={{ margin: 0 }}>
      {yes ? word : other}
    </Tag>
  )
  const verdict = (c: Channel) => {
    if (!has(contact.reach, c)) return t('contacts.verdict.noAddress')
    if (has(contact.blocked, c)) return t('contacts.verdict.blocked')
    if (!has(contact.consent, c)) return t('contacts.verdict.noConsent')
    return t('contacts.verdict.may')
  }
  return (
    <div className="contact-wide">
      <Table<{ c: Channel }>
        rowKey="c"
        size="small"
        pagination={false}
        dataSource={channels.map((c) => ({ c }))}
        columns={[
          { key: 'channel', title: t('contacts.channel'), render: (_, { c }) => <strong>{channel(c)}</strong> },
          {
            key: 'reach',
            title: t('contacts.address'),
            render: (_, { c }) => mark(has(contact.reach, c), t('common.yes'), t('common.no'), 'blue'),
          },
          {
            key: 'consent',
            title: t('contacts.field.consent'),
            render: (_, { c }) => mark(has(contact.consent, c), t('contacts.agreed'), t('contacts.notAgreed'), 'green'),
          },
          {
            key: 'blocked',
            title: t('contacts.suppression'),
            render: (_, { c }) =>
              mark(has(contact.blocked, c), t('contacts.blocked'), t('contacts.notBlocked'), 'error'),
          },
          {
            key: 'verdict',
            title: t('contacts.mayAdvertise'),
            render: (_, { c }) => (
              <>
                {verdict(c)}
                {has(contact.shared, c) && (
                  <Typography.Text type="secondary"> · {t('contacts.verdict.shared')}</Typography.Text>
                )}
              </>
            ),
          },
        ]}
      />
    </div>
  )
}
