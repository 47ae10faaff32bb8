package speedsms

import (
	"encoding/json"
	"errors"
	"strconv"

	"github.com/loa-project/loa/provider"
)

// Report is what became of a message: 0 delivered, below 64 not yet, from 64 on not delivered. Source: speedsms.vn/sms-api, "Webhook".
type Report struct {
	TranID string
	Status int
}

// Delivered says that the telephone has it.
func (r Report) Delivered() bool { return r.Status == 0 }

// Failed says that it will not arrive.
func (r Report) Failed() bool { return r.Status >= 64 }

// ErrReport is a body that is no delivery report.
var ErrReport = errors.New("not a delivery report")

// ParseReport reads a webhook. What people write back comes to the same address and is ErrReport. Nothing is signed: the address is the secret.
func ParseReport(body []byte) (Report, error) {
	var in struct {
		Type   provider.Text `json:"type"`
		TranID provider.Text `json:"tranId"`
		Status provider.Text `json:"status"`
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return Report{}, errors.Join(ErrReport, err)
	}
	n, err := strconv.Atoi(string(in.Status))
	if in.Type != "report" || in.TranID == "" || err != nil || n < 0 {
		return Report{}, ErrReport
	}
	return Report{TranID: string(in.TranID), Status: n}, nil
}
