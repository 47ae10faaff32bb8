import { useQuery } from '@tanstack/react-query'
import { Descriptions, Form, Select, Tag, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { useZone } from '@/api/session'
import { Failure, Loading, Nothing } from '@/components/ui/Faces'
import { formatDuration, formatMoney, formatTime } from '@/lib/format'

import { connectionsQuery, renderedQuery } from '../api'
import type { EditorProps } from '../editors'
import { useRested } from '../useRested'
import { adopt, outdated, showable, type ZaloTemplate, type ZNSContent } from './content'
import { TemplateChoice } from './TemplateChoice'
import { ZNSJourney } from './ZNSJourney'
import { ZNSParams } from './ZNSParams'
import { useZaloWords } from './words'

/** Chooses a template that Zalo has approved and says what fills its parameters. */
export function ZNSEditor({ value, onChange, problems = {}, contact }: EditorProps<ZNSContent>) {
  const { t } = useTranslation()
  const connections = useQuery(connectionsQuery)
  const accounts = (connections.data ?? []).filter((c) => c.zalo || c.etelecom)
  // With one account there is nothing to choose; the content names it once a template is chosen.
  const account = value.connection_id || (accounts.length === 1 ? accounts[0]?.id : undefined) || 0
  if (connections.isPending) return <Loading />
  if (connections.isError) return <Failure error={connections.error} retry={() => void connections.refetch()} />
  if (accounts.length === 0)
    return <Nothing text={t('templates.zns.noAccount')} hint={t('templates.zns.noAccountHint')} />
  return (
    <div>
      <Form.Item
        label={t('templates.zns.account')}
        htmlFor="zns-account"
        validateStatus={problems.connection_id ? 'error' : undefined}
        help={problems.connection_id}
      >
        <Select<number>
          id="zns-account"
          aria-label={t('templates.zns.account')}
          value={account || undefined}
          placeholder={t('templates.zns.chooseAccount')}
          options={accounts.map((c) => ({ value: c.id, label: c.name }))}
          onChange={(connection_id) => {
            onChange({ ...value, connection_id })
          }}
        />
      </Form.Item>
      {account > 0 && (
        <Catalogue account={account} value={value} onChange={onChange} problems={problems} contact={contact} />
      )}
    </div>
  )
}

interface CatalogueProps extends EditorProps<ZNSContent> {
  account: number
}

function Catalogue({ account, value, onChange, problems = {}, contact }: CatalogueProps) {
  const rested = useRested(value)
  const preview = useQuery({ ...renderedQuery('zns', showable(rested), contact), enabled: rested.template_id !== '' })
  return (
    <TemplateChoice
      id="zns-template"
      account={account}
      value={value.template_id}
      problem={problems.template_id}
      outdated={(z) => outdated(value, z)}
      facts={(z) => <Facts template={z} />}
      onChoose={(z) => {
        onChange(adopt(value, account, z))
      }}
    >
      {(chosen) =>
        value.template_id && (
          <>
            <ZNSParams
              value={value}
              onChange={onChange}
              problems={problems}
              template={chosen}
              rendered={preview.isError ? undefined : preview.data}
            />
            <ZNSJourney value={value} onChange={onChange} problems={problems} contact={contact} />
          </>
        )
      }
    </TemplateChoice>
  )
}

function Facts({ template }: { template: ZaloTemplate }) {
  const { t, i18n } = useTranslation()
  const zone = useZone()
  const words = useZaloWords()
  return (
    <Descriptions
      size="small"
      bordered
      column={{ xs: 1, sm: 2 }}
      items={[
        { key: 'state', label: t('templates.zns.state'), children: <Tag>{words.state(template)}</Tag> },
        { key: 'quality', label: t('templates.zns.quality'), children: words.quality(template.quality) },
        { key: 'tag', label: t('templates.zns.tag'), children: words.tag(template.tag) },
        {
          key: 'price',
          label: t('templates.zns.price'),
          children: (
            <>
              {template.price_vnd ? formatMoney(template.price_vnd, i18n.language) : t('common.never')}
              {template.price_changed_at && (
                <Typography.Text type="secondary">
                  {' '}
                  {t('znsNews.before', {
                    time: formatTime(template.price_changed_at, zone),
                    price: formatMoney(template.price_before_vnd, i18n.language),
                  })}
                </Typography.Text>
              )}
            </>
          ),
        },
        {
          key: 'timeout',
          label: t('templates.zns.timeout'),
          children: template.timeout_ms ? formatDuration(template.timeout_ms / 1000, i18n.language) : t('common.never'),
        },
        {
          key: 'page',
          label: t('templates.zns.page'),
          children: template.preview_url ? (
            <a href={template.preview_url} target="_blank" rel="noopener noreferrer">
              {t('templates.zns.openPage')}
            </a>
          ) : (
            t('common.never')
          ),
        },
      ]}
    />
  )
}
