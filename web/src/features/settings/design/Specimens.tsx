import { Alert, Button, Flex, Form, Input, Select, Switch, Table, theme, Typography } from 'antd'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'

import { Problem } from '@/api/problem'
import { Chart } from '@/components/chart/Chart'
import { StateChip, StatusChip } from '@/components/ui/Chip'
import { useConfirm } from '@/components/ui/confirm'
import { Failure, Loading, Nothing } from '@/components/ui/Faces'
import { campaignStates, statusColours, statuses } from '@/components/ui/status'
import { formatDuration, formatMoney, formatNumber, formatTime } from '@/lib/format'
import { useChannel } from '@/lib/words'

/** The colours of the theme as they are now, light or dark. */
export function Colours() {
  const { t } = useTranslation()
  const { token } = theme.useToken()
  const list = {
    primary: token.colorPrimary,
    success: token.colorSuccess,
    warning: token.colorWarning,
    error: token.colorError,
    text: token.colorText,
    textSecondary: token.colorTextSecondary,
    background: token.colorBgContainer,
    border: token.colorBorder,
  } as const
  return (
    <>
      <p>{t('design.colourHint')}</p>
      <Flex component="ul" gap={20} wrap className="plain-row">
        {Object.entries(list).map(([key, colour]) => (
          <Flex component="li" key={key} gap={8} align="center">
            <span className="swatch" style={{ background: colour }} aria-hidden />
            <span>
              {t(`design.colour.${key as keyof typeof list}`)}
              <br />
              <Typography.Text type="secondary" code>
                {colour}
              </Typography.Text>
            </span>
          </Flex>
        ))}
      </Flex>
    </>
  )
}

/** Every status of a message and every state of a campaign. */
export function Chips() {
  const { t } = useTranslation()
  return (
    <>
      <p>{t('design.chipHint')}</p>
      <h3>{t('design.messages')}</h3>
      <Flex gap={8} wrap>
        {statuses.map((s) => (
          <StatusChip key={s} status={s} />
        ))}
      </Flex>
      <h3>{t('design.campaigns')}</h3>
      <Flex gap={8} wrap>
        {campaignStates.map((s) => (
          <StateChip key={s} state={s} />
        ))}
      </Flex>
      <h3>{t('design.unknownWord')}</h3>
      <StatusChip status="teleported" />
    </>
  )
}

/** Headings, text and numbers. */
export function Type() {
  const { t, i18n } = useTranslation()
  return (
    <>
      <Typography.Title level={3} style={{ fontSize: 16 }}>
        {t('design.h3')}
      </Typography.Title>
      <p>{t('design.body')}</p>
      <p>
        <Typography.Text type="secondary">{t('design.secondary')}</Typography.Text>
      </p>
      <p>
        <a href="#design-type">{t('design.link')}</a> · <Typography.Text code>leg:1234</Typography.Text>{' '}
        {t('design.code')}
      </p>
      <h3>{t('design.numbers')}</h3>
      <p>
        {formatNumber(1234567, i18n.language)} · {formatMoney(350000, i18n.language)} ·{' '}
        {formatTime('2026-11-21T03:04:05Z')} · {formatDuration(7500, i18n.language)}
      </p>
    </>
  )
}

/** Buttons in all their kinds, and the question before an act that hurts. */
export function Buttons() {
  const { t } = useTranslation()
  const confirm = useConfirm()
  return (
    <>
      <p>{t('design.buttonHint')}</p>
      <Flex gap={8} wrap>
        <Button type="primary">{t('design.primary')}</Button>
        <Button>{t('design.default')}</Button>
        <Button danger>{t('design.danger')}</Button>
        <Button type="text">{t('design.textButton')}</Button>
        <Button type="link">{t('design.link')}</Button>
        <Button type="primary" loading>
          {t('design.loading')}
        </Button>
        <Button disabled>{t('design.off')}</Button>
        <Button
          danger
          onClick={() => {
            confirm({
              title: t('design.askTitle'),
              text: t('design.askText'),
              ok: t('design.danger'),
              danger: true,
              action: () => Promise.resolve(),
            })
          }}
        >
          {t('design.ask')}
        </Button>
      </Flex>
    </>
  )
}

/** A form with its hints and a mistake at a field. */
export function Forms() {
  const { t } = useTranslation()
  const channel = useChannel()
  const [form] = Form.useForm()
  useEffect(() => {
    form.setFields([{ name: 'phone', errors: [t('design.phoneError')] }])
  }, [form, t])
  return (
    <>
      <p>{t('design.broken')}</p>
      <Form form={form} layout="vertical" className="settings-form" initialValues={{ phone: '0912', channel: 'zns' }}>
        <Form.Item name="name" label={t('design.name')} required>
          <Input autoComplete="off" />
        </Form.Item>
        <Form.Item name="phone" label={t('design.phone')}>
          <Input autoComplete="off" inputMode="tel" />
        </Form.Item>
        <Form.Item name="channel" label={t('design.channel')} extra={t('design.extra')}>
          <Select options={['zns', 'sms', 'email'].map((c) => ({ value: c, label: channel(c) }))} />
        </Form.Item>
        <Form.Item name="note" label={t('design.note')}>
          <Input.TextArea rows={2} />
        </Form.Item>
        <Form.Item name="consent" label={t('design.consent')} valuePropName="checked">
          <Switch />
        </Form.Item>
      </Form>
    </>
  )
}

interface Row {
  hour: string
  delivered: number
  failed: number
}

const rows: Row[] = [
  { hour: '08:00', delivered: 120, failed: 4 },
  { hour: '09:00', delivered: 480, failed: 11 },
  { hour: '10:00', delivered: 760, failed: 25 },
  { hour: '11:00', delivered: 530, failed: 9 },
  { hour: '12:00', delivered: 210, failed: 3 },
  { hour: '13:00', delivered: 340, failed: 6 },
]

/** A table with numbers at the right. */
export function Tables() {
  const { t, i18n } = useTranslation()
  const number = (n: number) => formatNumber(n, i18n.language)
  return (
    <Table<Row>
      rowKey="hour"
      dataSource={rows}
      pagination={false}
      size="middle"
      scroll={{ x: 'max-content' }}
      columns={[
        { key: 'hour', title: t('design.hour'), dataIndex: 'hour' },
        { key: 'delivered', title: t('status.delivered'), align: 'end', render: (_, r) => number(r.delivered) },
        { key: 'failed', title: t('status.failed'), align: 'end', render: (_, r) => number(r.failed) },
      ]}
    />
  )
}

/** What a list shows when there is nothing, not yet, or no answer. */
export function FaceSpecimens() {
  const { t } = useTranslation()
  const problem = new Problem(422, {
    code: 'request.invalid',
    detail: t('design.error'),
    request_id: 'req-2f7a',
    errors: [{ path: 'body.phone', code: 'field.invalid', detail: t('design.phoneError') }],
  })
  return (
    <Flex gap={24} wrap>
      <div className="face">
        <h3>{t('design.emptyFace')}</h3>
        <Nothing
          text={t('design.empty')}
          hint={t('design.emptyHint')}
          action={<Button type="primary">{t('common.create')}</Button>}
        />
      </div>
      <div className="face">
        <h3>{t('design.filterFace')}</h3>
        <Nothing text={t('common.emptyFilter')} action={<Button>{t('common.clearFilter')}</Button>} />
      </div>
      <div className="face">
        <h3>{t('design.loadingFace')}</h3>
        <Loading />
      </div>
      <div className="face">
        <h3>{t('design.errorFace')}</h3>
        <Failure error={problem} retry={() => undefined} />
      </div>
    </Flex>
  )
}

/** The four kinds of notices. */
export function Notices() {
  const { t } = useTranslation()
  const kinds = { info: 'info', success: 'success', warning: 'warning', error: 'fault' } as const
  return (
    <Flex vertical gap={8}>
      {(['info', 'success', 'warning', 'error'] as const).map((kind) => (
        <Alert
          key={kind}
          type={kind}
          showIcon
          title={t(`design.${kinds[kind]}`)}
          description={t('design.noticeText')}
        />
      ))}
    </Flex>
  )
}

/** A chart with its figures as a table. */
export function Charts() {
  const { t } = useTranslation()
  return (
    <Chart
      label={t('design.chartLabel')}
      table={<Tables />}
      option={{
        color: [statusColours.delivered, statusColours.failed],
        legend: { top: 0 },
        tooltip: { trigger: 'axis' },
        grid: { left: 8, right: 8, bottom: 8, top: 40, containLabel: true },
        xAxis: { type: 'category', data: rows.map((r) => r.hour) },
        yAxis: { type: 'value' },
        series: [
          { type: 'bar', stack: 'all', name: t('status.delivered'), data: rows.map((r) => r.delivered) },
          { type: 'bar', stack: 'all', name: t('status.failed'), data: rows.map((r) => r.failed) },
        ],
      }}
    />
  )
}
