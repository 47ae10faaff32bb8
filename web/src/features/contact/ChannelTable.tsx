import { Flex, Grid, Table, type TableColumnsType, Tag, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { useChannel } from '@/lib/words'

import type { Contact } from './api'
import { type Channel, channels } from './words'

interface Row {
  c: Channel
}

/** What holds for each channel: address, consent, suppression, and whether advertising may be sent. */
export function ChannelTable({ contact }: { contact: Contact }) {
  const { t } = useTranslation()
  const channel = useChannel()
  const narrow = !Grid.useBreakpoint().md
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
  const reach = (c: Channel) => mark(has(contact.reach, c), t('contacts.address'), t('contacts.without'), 'blue')
  const consent = (c: Channel) => mark(has(contact.consent, c), t('contacts.agreed'), t('contacts.notAgreed'), 'green')
  const blocked = (c: Channel) =>
    mark(has(contact.blocked, c), t('contacts.blocked'), t('contacts.notBlocked'), 'error')
  const name = {
    key: 'channel',
    title: t('contacts.channel'),
    render: (_: unknown, { c }: Row) => <strong>{channel(c)}</strong>,
  }
  const said = (c: Channel) => (
    <>
      {verdict(c)}
      {has(contact.shared, c) && <Typography.Text type="secondary"> · {t('contacts.verdict.shared')}</Typography.Text>}
    </>
  )
  const wide: TableColumnsType<Row> = [
    name,
    { key: 'reach', title: t('contacts.field.address'), render: (_, { c }) => reach(c) },
    { key: 'consent', title: t('contacts.field.consent'), render: (_, { c }) => consent(c) },
    { key: 'blocked', title: t('contacts.suppression'), render: (_, { c }) => blocked(c) },
    { key: 'verdict', title: t('contacts.mayAdvertise'), render: (_, { c }) => said(c) },
  ]
  const slim: TableColumnsType<Row> = [
    name,
    {
      key: 'verdict',
      title: t('contacts.mayAdvertise'),
      render: (_, { c }) => (
        <Flex vertical gap={4}>
          <span>{said(c)}</span>
          <Flex gap={4} wrap>
            {reach(c)}
            {consent(c)}
            {blocked(c)}
          </Flex>
        </Flex>
      ),
    },
  ]
  return (
    <Table<Row>
      rowKey="c"
      size="small"
      pagination={false}
      dataSource={channels.map((c) => ({ c }))}
      columns={narrow ? slim : wide}
    />
  )
}
