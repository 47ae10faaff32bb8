import { useQuery } from '@tanstack/react-query'
import { Alert, Button, Flex, Progress, Select, Table, Typography } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { segmentChoices } from '@/components/condition/api'
import { Failure } from '@/components/ui/Faces'
import { useVariables } from '@/components/variables'
import { formatMoney, formatNumber } from '@/lib/format'

import { type AudienceReport, type Cause, checkAudience, connectionsQuery } from './api'
import { useCause } from './causes'
import { useRested } from './useRested'
import './template.css'

interface AudienceCheckProps {
  channel: string
  content: unknown
  /** Nothing can be checked yet. */
  unfinished: boolean
}

/** Fills the template in for everybody of a segment and says how many messages would be refused, and why. */
export function AudienceCheck({ channel, content, unfinished }: AudienceCheckProps) {
  const { t } = useTranslation()
  const [segment, setSegment] = useState(0)
  const [typed, setTyped] = useState('')
  const segments = useQuery(segmentChoices(useRested(typed, 250)))
  const [report, setReport] = useState<AudienceReport>()
  const [failure, setFailure] = useState<unknown>()
  const [checked, setChecked] = useState<{ content: unknown; segment: number }>()
  const running = useRef<AbortController>(undefined)
  const [busy, setBusy] = useState(false)
  const stop = () => {
    running.current?.abort()
    setBusy(false)
  }
  // Who leaves the page does not wait for the answer.
  useEffect(
    () => () => {
      running.current?.abort()
    },
    [],
  )
  const start = () => {
    stop()
    const control = new AbortController()
    running.current = control
    setBusy(true)
    setFailure(undefined)
    setReport(undefined)
    setChecked({ content, segment })
    checkAudience({ channel, content, segment_id: segment || undefined }, control.signal, setReport)
      .catch((error: unknown) => {
        if (!control.signal.aborted) setFailure(error)
      })
      .finally(() => {
        if (running.current === control) setBusy(false)
      })
  }
  const old = checked !== undefined && (checked.content !== content || checked.segment !== segment)
  return (
    <Flex vertical gap={12}>
      <Typography.Text type="secondary">{t('templates.audience.hint')}</Typography.Text>
      <Flex gap={8} wrap>
        <Select<number>
          aria-label={t('templates.audience.whom')}
          style={{ minWidth: 240, flex: '1 1 240px', maxWidth: 420 }}
          value={segment}
          loading={segments.isFetching}
          showSearch={{ filterOption: false, onSearch: setTyped }}
          options={[
            { value: 0, label: t('templates.audience.everybody') },
            ...(segments.data ?? []).map((s) => ({ value: s.id, label: s.name })),
          ]}
          onChange={setSegment}
        />
        <Button disabled={unfinished || busy} onClick={start}>
          {t('templates.audience.start')}
        </Button>
        {busy && <Button onClick={stop}>{t('templates.audience.stop')}</Button>}
      </Flex>
      {unfinished && <Typography.Text type="secondary">{t('templates.audience.unfinished')}</Typography.Text>}
      {failure !== undefined && <Failure error={failure} retry={start} />}
      {old && report && !busy && <Alert type="info" showIcon title={t('templates.audience.old')} />}
      {report && <Result report={report} busy={busy} channel={channel} />}
    </Flex>
  )
}

function Result({ report, busy, channel }: { report: AudienceReport; busy: boolean; channel: string }) {
  const { t, i18n } = useTranslation()
  const number = (n: number) => formatNumber(n, i18n.language)
  const reachable = report.people - report.unreachable
  const good = report.checked - report.failing
  return (
    <div aria-live="polite">
      {!report.done && (
        <>
          <Progress
            percent={reachable ? Math.min(99, Math.floor((report.checked * 100) / reachable)) : 0}
            status={busy ? 'active' : 'exception'}
            aria-label={t('templates.audience.progress')}
          />
          <Typography.Text type="secondary">
            {t(busy ? 'templates.audience.soFar' : 'templates.audience.stopped', {
              checked: number(report.checked),
              all: number(reachable),
            })}
          </Typography.Text>
        </>
      )}
      {report.done && (
        <Alert
          type={report.checked === 0 ? 'info' : report.failing > 0 ? 'warning' : 'success'}
          showIcon
          title={
            report.checked === 0
              ? t('templates.audience.nobody')
              : report.failing > 0
                ? t('templates.audience.failing', { count: report.failing, all: number(report.checked) })
                : t('templates.audience.fine', { count: good })
          }
          description={
            report.unreachable > 0
              ? t('templates.audience.unreachable', { count: report.unreachable, all: number(report.people) })
              : undefined
          }
        />
      )}
      {report.causes.length > 0 && <Causes list={report.causes} title={t('templates.audience.causes')} />}
      {report.empty.length > 0 && <Causes list={report.empty} title={t('templates.audience.emptyValues')} />}
      {channel === 'sms' && report.sms && report.done && report.checked > 0 && <Parts report={report} />}
    </div>
  )
}

function Causes({ list, title }: { list: Cause[]; title: string }) {
  const { t, i18n } = useTranslation()
  const cause = useCause()
  const { label } = useVariables()
  return (
    <Table<Cause>
      style={{ marginTop: 12 }}
      size="small"
      rowKey={(c) => `${c.param ?? ''} ${c.code} ${c.limit ?? 0}`}
      title={() => <h3 className="template-sub">{title}</h3>}
      dataSource={list}
      pagination={list.length > 20 ? { pageSize: 20 } : false}
      scroll={{ x: 'max-content' }}
      columns={[
        {
          key: 'param',
          title: t('templates.audience.param'),
          render: (_, c) => (c.param ? c.code === 'template.no_value' ? label(c.param) : <code>{c.param}</code> : '–'),
        },
        { key: 'why', title: t('templates.audience.why'), render: (_, c) => cause(c) },
        {
          key: 'people',
          title: t('templates.audience.people'),
          align: 'end',
          render: (_, c) => formatNumber(c.people, i18n.language),
        },
        {
          key: 'samples',
          title: t('templates.audience.samples'),
          render: (_, c) => (
            <ul className="template-list">
              {c.samples.map((s) => (
                <li key={s.contact_id}>
                  <a href={`/contacts/${s.contact_id}`} target="_blank" rel="noreferrer">
                    {s.name || t('templates.audience.nameless', { id: s.contact_id })}
                  </a>
                  {s.value && `: ${s.value}`}
                </li>
              ))}
            </ul>
          ),
        },
      ]}
    />
  )
}

function Parts({ report }: { report: AudienceReport }) {
  const { t, i18n } = useTranslation()
  const price = (useQuery(connectionsQuery).data ?? []).find((c) => c.esms?.price_per_part)?.esms?.price_per_part ?? 0
  const sms = report.sms
  if (!sms) return null
  const number = (n: number) => formatNumber(n, i18n.language)
  const most = sms.parts.at(-1)
  return (
    <Flex vertical gap={4} style={{ marginTop: 12 }}>
      <h3 className="template-sub">{t('templates.audience.partsTitle')}</h3>
      <ul className="template-list">
        {sms.parts.map((p) => (
          <li key={p.parts}>{t('templates.audience.partsOf', { parts: p.parts, count: p.people })}</li>
        ))}
        {most && sms.longest && (
          <li>
            {t('templates.audience.longest', { parts: most.parts })}{' '}
            <a href={`/contacts/${sms.longest.contact_id}`} target="_blank" rel="noreferrer">
              {sms.longest.name || t('templates.audience.nameless', { id: sms.longest.contact_id })}
            </a>
          </li>
        )}
        <li>
          {price
            ? t('templates.audience.cost', {
                parts: number(sms.total_parts),
                price: formatMoney(sms.total_parts * price, i18n.language),
              })
            : t('templates.audience.total', { parts: number(sms.total_parts) })}
        </li>
      </ul>
    </Flex>
  )
}
