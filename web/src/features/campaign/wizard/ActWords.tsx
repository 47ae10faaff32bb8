import { queryOptions, useQuery } from '@tanstack/react-query'
import { Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { answer, client } from '@/api/client'

import { type Rendered, segmentQuery } from '../choices'

const voucherQuery = (id: number) =>
  queryOptions({
    queryKey: ['vouchers', 'one', id],
    queryFn: () => answer(client.GET('/vouchers/{id}', { params: { path: { id } } })),
    staleTime: 60_000,
    retry: false,
  })

/** A voucher or an action in words; nothing for everything else. */
export function ActWords({ rendered }: { rendered: Rendered }) {
  if (rendered.voucher) return <Voucher voucher={rendered.voucher} />
  if (rendered.action) return <Action action={rendered.action} />
  return null
}

function Voucher({ voucher }: { voucher: NonNullable<Rendered['voucher']> }) {
  const { t } = useTranslation()
  const found = useQuery(voucherQuery(voucher.voucher_id))
  return (
    <>
      <div>{t('voucherEditor.words', { name: found.data?.name ?? `#${voucher.voucher_id}` })}</div>
      <Typography.Text type="secondary">
        {t(voucher.wait ? 'voucherEditor.wordsWait' : 'voucherEditor.wordsFail')}
      </Typography.Text>
    </>
  )
}

const kinds = [
  'add_tag',
  'remove_tag',
  'set_attribute',
  'clear_attribute',
  'add_to_list',
  'remove_from_list',
  'notify_staff',
] as const

function Action({ action }: { action: NonNullable<Rendered['action']> }) {
  const { t } = useTranslation()
  const list = useQuery({ ...segmentQuery(action.list_id ?? 0), enabled: Boolean(action.list_id) })
  const kind = kinds.find((k) => k === action.kind)
  const about = [
    (action.tags ?? []).join(', '),
    action.attribute && [action.attribute, action.value].filter(Boolean).join(' = '),
    action.list_id && (list.data?.name ?? `#${action.list_id}`),
    action.subject,
  ].find(Boolean)
  return (
    <>
      <strong>{kind ? t(`actionEditor.kinds.${kind}`) : action.kind}</strong>
      {about && <div>{about}</div>}
      {action.text && <div style={{ whiteSpace: 'pre-wrap' }}>{action.text}</div>}
    </>
  )
}
