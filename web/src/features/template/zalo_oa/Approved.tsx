import { useQuery } from '@tanstack/react-query'
import { Alert, Flex, Form, Select, Typography } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Failure, Loading, Nothing } from '@/components/ui/Faces'
import { formatMoney } from '@/lib/format'

import { connectionsQuery, renderedQuery } from '../api'
import type { EditorProps } from '../editors'
import { useRested } from '../useRested'
import { adopt, type ZaloTemplate, type ZNSContent } from '../zns/content'
import { TemplateChoice } from '../zns/TemplateChoice'
import { useZaloWords } from '../zns/words'
import { ZNSParams } from '../zns/ZNSParams'
import { showable, type ZaloFilled } from './content'

/** The same template as one to a phone number, for the parts that both share. */
const asZNS = (f: ZaloFilled): ZNSContent => ({ ...f, connection_id: 0, timeout_ms: 0 })

const fromZNS = ({ template_id, params, schema, price_vnd, tag }: ZNSContent): ZaloFilled => ({
  template_id,
  params,
  schema,
  price_vnd,
  tag,
})

/** Takes over what Zalo says of a template; a message to a user of the OA has a price of its own. */
export const take = (f: ZaloFilled, t: ZaloTemplate): ZaloFilled => ({
  ...fromZNS(adopt(asZNS(f), 0, t)),
  price_vnd: t.price_uid_vnd,
})

/** Chooses a template that Zalo has approved and says what fills its parameters. */
export function Approved({ value, onChange, problems = {}, contact }: EditorProps<ZaloFilled>) {
  const { t, i18n } = useTranslation()
  const words = useZaloWords()
  const [chosen, setChosen] = useState<number>()
  const connections = useQuery(connectionsQuery)
  const accounts = (connections.data ?? []).filter((c) => c.provider === 'zalo')
  const account = chosen ?? accounts[0]?.id
  const rested = useRested(value)
  const preview = useQuery({
    ...renderedQuery('zalo_oa', showable({ template: rested }), contact),
    enabled: showable({ template: rested }) !== undefined,
  })
  const params = preview.data?.zalo_oa?.template?.params
  if (connections.isPending) return <Loading />
  if (connections.isError) return <Failure error={connections.error} retry={() => void connections.refetch()} />
  if (account === undefined)
    return <Nothing text={t('templates.zns.noAccount')} hint={t('templates.zns.noAccountHint')} />
  return (
    <Flex vertical gap={12} style={{ marginBottom: 16 }}>
      <Alert type="info" showIcon title={t('zaloOAEditor.approvedHint')} />
      {accounts.length > 1 && (
        <Form.Item label={t('templates.zns.account')} htmlFor="zalo-oa-account" style={{ marginBottom: 0 }}>
          <Select<number>
            id="zalo-oa-account"
            aria-label={t('templates.zns.account')}
            value={account}
            options={accounts.map((c) => ({ value: c.id, label: c.name }))}
            onChange={setChosen}
          />
        </Form.Item>
      )}
      <TemplateChoice
        id="zalo-oa-template"
        account={account}
        value={value.template_id}
        problem={problems.template_id}
        outdated={(z) => JSON.stringify(take(value, z).schema) !== JSON.stringify(value.schema)}
        facts={(z) => (
          <Typography.Text type="secondary">
            {t('zaloOAEditor.facts', {
              tag: words.tag(z.tag),
              price: z.price_uid_vnd ? formatMoney(z.price_uid_vnd, i18n.language) : t('common.never'),
            })}
          </Typography.Text>
        )}
        onChoose={(z) => {
          onChange(take(value, z))
        }}
      />
      {value.template_id && (
        <ZNSParams
          value={asZNS(value)}
          problems={problems}
          // The words of the parts are those of ZNS, which reads its values under another name.
          rendered={params && preview.data ? { ...preview.data, zns_params: params } : undefined}
          onChange={(next: ZNSContent) => {
            onChange(fromZNS(next))
          }}
        />
      )}
    </Flex>
  )
}
