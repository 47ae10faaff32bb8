package esms

import (
	"errors"
	"net/url"
	"strconv"
	"strings"

	"github.com/loa-project/loa/provider"
)

// Callback is a delivery report. The gateway makes it as a GET with everything in the query, unsigned, and repeats it up to five times until it is answered.
type Callback struct {
	Report
	RequestID string // often empty, even though it was sent
	Type      int    // SmsType
	Carrier   int    // 1 Viettel, 2 MobiFone, 3 VinaPhone, 4 Vietnamobile, 5 Gmobile, 6 Itel, 7 Wintel; 0 not told
	Phone     string // as the gateway writes it
	// SwitchSMSID is set on the SMS that replaced a Zalo message of a chain at the gateway.
	SwitchSMSID string
	// ErrorInfo is the decoded text of error_info, on Zalo messages only; as it came when it could not be decoded.
	ErrorInfo string
}

// ErrNoCallback says that a query is not a delivery report.
var ErrNoCallback = errors.New("not an eSMS delivery report")

// ParseCallback reads the query of a delivery report. Names are compared without case; odd values count as absent. The error is ErrNoCallback, when both SMSID and RequestId or the
// state are missing. Source: developers.esms.vn, "Callback URL".
func ParseCallback(q url.Values) (Callback, error) {
	v := make(map[string]string, len(q))
	for k, vs := range q {
		if len(vs) > 0 && v[strings.ToLower(k)] == "" {
			v[strings.ToLower(k)] = strings.TrimSpace(vs[0])
		}
	}
	status, err := strconv.Atoi(v["sendstatus"])
	if err != nil || (v["smsid"] == "" && v["requestid"] == "") {
		return Callback{}, ErrNoCallback
	}
	count := func(k string) int { return int(min(max(provider.Text(v[k]).Int(), 0), 1<<31-1)) }
	return Callback{
		Report: Report{SMSID: v["smsid"], Status: status, Success: count("sendsuccess"), Failed: count("sendfailed"), Receivers: count("totalreceiver"), Sent: count("totalsent"),
			Price: max(provider.Text(v["totalprice"]).Int(), 0)},
		RequestID: v["requestid"], Type: count("typeid"), Carrier: count("telcoid"), Phone: v["phonenumber"], SwitchSMSID: v["switchsmsid"], ErrorInfo: decodeErrorInfo(v["error_info"]),
	}, nil
}

// decodeErrorInfo undoes what the gateway does to error_info: URL-encoded once or twice, in quotes, with a date behind "____".
func decodeErrorInfo(s string) string {
	for range 2 {
		if !strings.Contains(s, "%") {
			break
		}
		d, err := url.QueryUnescape(s)
		if err != nil {
			break
		}
		s = d
	}
	if i := strings.LastIndex(s, "____"); i >= 0 {
		s = s[:i]
	}
	if len(s) > 1 && s[0] == '"' && s[len(s)-1] == '"' {
		if u, err := strconv.Unquote(s); err == nil {
			s = u
		}
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}
