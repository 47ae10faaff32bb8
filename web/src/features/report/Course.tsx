import { useQuery } from '@tanstack/react-query'
import { Flex, Segmented, Table, Typography } from 'antd'
import dayjs from 'dayjs'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'

import { Chart } from '@/components/chart/Chart'
import { Failure, Loading, Nothing } from '@/components/ui/Faces'
import { type Status, statusColours } from '@/components/ui/status'
import { formatNumber } from '@/lib/format'
import { useFact } from '@/lib/words'

import { type Series, seriesQuery } from './api'
import './report.css'

export const courseSteps = ['minute', 'hour', 'day'] as const
export type CourseStep = (typeof courseSteps)[number]

interface CourseProps {
  campaign: number
  step?: CourseStep
  watch: boolean
  onStep: (step?: CourseStep) => void
}

/** What happened over time: a line for each kind of event. */
export function Course({ campaign, step, watch, onStep }: CourseProps) {
  const { t } = useTranslation()
  const series = useQuery(seriesQuery(campaign, step, watch))
  return (
    <section aria-labelledby="course">
      <Flex justify="space-between" align="center" wrap gap={8} style={{ marginBottom: 8 }}>
        <Typography.Title level={2} id="course" style={{ fontSize: 18, margin: 0 }}>
          {t('report.course')}
        </Typography.Title>
        <Segmented<CourseStep | 'auto'>
          size="small"
          aria-label={t('report.step')}
          value={step ?? 'auto'}
          options={[
            { value: 'auto', label: t('report.steps.auto') },
            ...courseSteps.map((s) => ({ value: s, label: t(`report.steps.${s}`) })),
          ]}
          onChange={(s) => {
            onStep(s === 'auto' ? undefined : s)
          }}
        />
      </Flex>
      {series.isPending && <Loading />}
      {series.isError && <Failure error={series.error} retry={() => void series.refetch()} />}
      {series.data &&
        ((series.data.points ?? []).length === 0 ? (
          <Nothing text={t('common.noData')} />
        ) : (
          <Drawing series={series.data} asked={step} />
        ))}
    </section>
  )
}

const colourOf: Record<string, Status> = { requested: 'sent', accepted: 'processing' }

function Drawing({ series, asked }: { series: Series; asked?: CourseStep }) {
  const { t, i18n } = useTranslation()
  const fact = useFact()
  const points = useMemo(() => filled(series), [series])
  const facts = series.facts ?? []
  const format = series.step === 'day' ? 'DD/MM/YYYY' : 'DD/MM HH:mm'
  const time = (at: number) => dayjs(at).tz(series.zone).format(format)
  const option = {
    tooltip: { trigger: 'axis' },
    legend: { type: 'scroll', bottom: 0 },
    grid: { left: 8, right: 16, top: 16, bottom: 40, containLabel: true },
    xAxis: { type: 'category', boundaryGap: points.length < 3, data: points.map((p) => time(p.at)) },
    yAxis: { type: 'value', minInterval: 1 },
    series: facts.map((f, i) => ({
      name: fact(f),
      type: 'line',
      showSymbol: points.length < 60,
      color: statusColours[colourOf[f] ?? (f as Status)],
      data: points.map((p) => p.counts[i] ?? 0),
    })),
  }
  const sums = facts.map((f, i) => {
    const n = points.reduce((sum, p) => sum + (p.counts[i] ?? 0), 0)
    return `${fact(f)} ${formatNumber(n, i18n.language)}`
  })
  return (
    <>
      {asked && asked !== series.step && (
        <Typography.Text type="secondary">
          {t('report.coarser', { step: t(`report.steps.${series.step}`) })}
        </Typography.Text>
      )}
      <Chart
        option={option}
        label={t('report.courseLabel', { sums: sums.join(', ') })}
        table={
          <div className="course-table" role="region" aria-label={t('report.course')} tabIndex={0}>
            <Table
              size="small"
              rowKey="at"
              pagination={false}
              scroll={{ x: 'max-content' }}
              dataSource={series.points ?? []}
              columns={[
                { key: 'at', title: t('people.time'), rowScope: 'row', render: (_, p) => time(p.at) },
                ...facts.map((f, i) => ({
                  key: f,
                  title: fact(f),
                  align: 'right' as const,
                  render: (_: unknown, p: { counts: number[] | null }) =>
                    formatNumber(p.counts?.[i] ?? 0, i18n.language),
                })),
              ]}
            />
          </div>
        }
      />
    </>
  )
}

const widths = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }

/** Adds the steps in which nothing happened, so that lines fall to nothing there; long pauses keep their two ends only. */
export function filled(series: Series): { at: number; counts: number[] }[] {
  const width = widths[series.step]
  const none = (series.facts ?? []).map(() => 0)
  const out: { at: number; counts: number[] }[] = []
  for (const p of series.points ?? []) {
    const last = out.at(-1)
    if (last) {
      const missing = Math.round((p.at - last.at) / width) - 1
      if (missing > 0 && missing <= 200)
        for (let i = 1; i <= missing; i++) out.push({ at: last.at + i * width, counts: none })
      else if (missing > 200) out.push({ at: last.at + width, counts: none }, { at: p.at - width, counts: none })
    }
    out.push({ at: p.at, counts: p.counts ?? none })
  }
  return out
}
