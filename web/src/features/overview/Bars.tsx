import { useTranslation } from 'react-i18next'

import { Chart } from '@/components/chart/Chart'
import { Nothing } from '@/components/ui/Faces'

import { type Line, total } from './daily'

interface BarsProps {
  title: string
  days: string[]
  lines: Line[]
  name: (key: string) => string
  colour: (key: string) => string | undefined
  number: (n: number) => string
  /** A figure beside the axis, without its unit. */
  axis: (n: number) => string
  /** Bars on top of each other, for parts of a whole; else lines beside each other. */
  stacked: boolean
}

const short = (day: string) => `${day.slice(8)}/${day.slice(5, 7)}`

/** Figures by day as a picture, and as a table for everybody who prefers it. */
export function Bars({ title, days, lines, name, colour, number, axis, stacked }: BarsProps) {
  const { t } = useTranslation()
  if (!lines.some((line) => total(line) > 0)) return <Nothing text={t('overview.nothingSent')} />
  const option = {
    tooltip: { trigger: 'axis', valueFormatter: (v: unknown) => number(Number(v)) },
    legend: { type: 'scroll', bottom: 0 },
    grid: { left: 8, right: 16, top: 16, bottom: 40, containLabel: true },
    xAxis: { type: 'category', data: days.map(short) },
    yAxis: { type: 'value', minInterval: 1, axisLabel: { formatter: axis } },
    series: lines.map((line) => ({
      name: name(line.key),
      type: stacked ? 'bar' : 'line',
      stack: stacked ? 'all' : undefined,
      barMaxWidth: 40,
      showSymbol: days.length <= 7,
      color: colour(line.key),
      data: line.values,
    })),
  }
  const sums = lines.map((line) => `${name(line.key)} ${number(total(line))}`).join(', ')
  return (
    <Chart
      option={option}
      height={260}
      label={`${title}: ${sums}`}
      table={
        <div style={{ maxHeight: 260, overflow: 'auto' }} role="region" aria-label={title} tabIndex={0}>
          {/* A plain table: the kit's own would add much to what the first page loads. */}
          <table className="plain-table">
            <thead>
              <tr>
                <th scope="col">{t('overview.day')}</th>
                {lines.map((line) => (
                  <th scope="col" key={line.key} className="figure">
                    {name(line.key)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {[...days].reverse().map((day) => (
                <tr key={day}>
                  <th scope="row">{short(day)}</th>
                  {lines.map((line) => (
                    <td key={line.key} className="figure">
                      {number(line.values[days.indexOf(day)] ?? 0)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      }
    />
  )
}
