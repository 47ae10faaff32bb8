import { Flex, Select, Tag, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { bare, useVariables, VariableInput } from '@/components/variables'

import type { Rendered } from '../api'
import { useCause } from '../causes'
import type { EditorProps } from '../editors'
import { kinds, limitOf, type Param, type ZaloTemplate, type ZNSContent } from './content'

interface ZNSParamsProps extends EditorProps<ZNSContent> {
  template?: ZaloTemplate
  rendered?: Rendered
}

/** One box for each parameter: what fills it, what Zalo takes, and what comes out. */
export function ZNSParams({ value, onChange, problems = {}, template, rendered }: ZNSParamsProps) {
  const { t } = useTranslation()
  if (value.schema.length === 0) return <Typography.Text>{t('templates.zns.noParams')}</Typography.Text>
  return (
    <section aria-labelledby="zns-params">
      <h2 id="zns-params" className="card-title">
        <strong>{t('templates.zns.params')}</strong>
      </h2>
      <Flex vertical gap={10} style={{ marginTop: 8 }}>
        {value.schema.map((p) => (
          <OneParam
            key={p.name}
            param={p}
            text={value.params[p.name] ?? ''}
            problem={problems[`params.${p.name}`]}
            sample={template?.params?.find((z) => z.name === p.name)?.sample}
            rendered={rendered}
            onText={(text) => {
              onChange({ ...value, params: { ...value.params, [p.name]: text } })
            }}
            onKind={(type) => {
              onChange({ ...value, schema: value.schema.map((o) => (o.name === p.name ? { ...o, type } : o)) })
            }}
          />
        ))}
      </Flex>
    </section>
  )
}

interface OneParamProps {
  param: Param
  text: string
  problem?: string
  sample?: string
  rendered?: Rendered
  onText: (text: string) => void
  onKind: (kind: string) => void
}

function OneParam({ param, text, problem, sample, rendered, onText, onKind }: OneParamProps) {
  const { t } = useTranslation()
  const cause = useCause()
  const { label } = useVariables()
  const limit = limitOf(param)
  const needed = param.required && !param.accept_null
  // Who has no phone number gets no ZNS at all, and fixed words beside a value are never empty.
  const alone = needed && text.replace(/\{\{.*?\}\}/gs, '').trim() === ''
  const empty = alone ? bare(text).filter((path) => path !== 'contact.phone') : []
  const refused = rendered?.problems?.find((e) => e.param === param.name)
  const made = rendered?.zns_params?.[param.name]
  const hint = `zns-param-${param.name}`
  return (
    <div className="template-param">
      <Flex gap={8} wrap align="center" justify="space-between" style={{ marginBottom: 6 }}>
        <Flex gap={8} wrap align="center">
          <code>{param.name}</code>
          {needed && <Tag>{t('templates.zns.required')}</Tag>}
          {limit > 0 && (
            <Typography.Text type="secondary">{t('templates.zns.limit', { count: limit })}</Typography.Text>
          )}
        </Flex>
        <Select<string>
          size="small"
          aria-label={t('templates.zns.kindOf', { name: param.name })}
          style={{ minWidth: 170 }}
          popupMatchSelectWidth={false}
          value={kinds.some((k) => k === param.type) ? param.type : 'STRING'}
          options={[
            { value: 'STRING', label: t('templates.zns.kinds.text') },
            ...kinds.map((k) => ({ value: k, label: t(`templates.zns.kinds.${k}`) })),
          ]}
          onChange={onKind}
        />
      </Flex>
      <VariableInput
        label={t('templates.zns.valueOf', { name: param.name })}
        value={text}
        placeholder={sample ? t('templates.zns.sample', { sample }) : undefined}
        status={problem ? 'error' : undefined}
        describedBy={hint}
        onChange={onText}
      />
      <div id={hint}>
        {problem && <Typography.Text type="danger">{problem}</Typography.Text>}
        {!problem && text && refused && (
          <Typography.Text type="danger">
            {t('templates.zns.sampleRefused', { value: made ?? '', why: cause(refused) })}
          </Typography.Text>
        )}
        {!problem && text && !refused && made !== undefined && text !== made && (
          <Typography.Text type="secondary">{t('templates.zns.becomes', { value: made })}</Typography.Text>
        )}
        {empty.length > 0 && (
          <div>
            <Typography.Text type="warning">
              {t('templates.zns.noFallback', { fields: empty.map(label).join(', ') })}
            </Typography.Text>
          </div>
        )}
      </div>
    </div>
  )
}
