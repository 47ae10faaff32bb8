import { Checkbox, Form, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

interface YesProps {
  label: string
  hint: string
  checked?: boolean
  onChange: (on: boolean) => void
}

/** Something that is wanted or not, with what follows from it. */
export function Yes({ label, hint, checked = false, onChange }: YesProps) {
  return (
    <Form.Item>
      <Checkbox
        checked={checked}
        onChange={(e) => {
          onChange(e.target.checked)
        }}
      >
        {label}
      </Checkbox>
      <div>
        <Typography.Text type="secondary">{hint}</Typography.Text>
      </div>
    </Form.Item>
  )
}

/** Whether the links of a message become tracked ones. */
export function TrackLinks({ checked, onChange }: Pick<YesProps, 'checked' | 'onChange'>) {
  const { t } = useTranslation()
  return (
    <Yes
      label={t('messengerEditor.trackLinks')}
      hint={t('messengerEditor.trackHint')}
      checked={checked}
      onChange={onChange}
    />
  )
}
