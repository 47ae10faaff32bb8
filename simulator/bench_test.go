package simulator_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/simulator"
)

// BenchmarkZNS sends through net/http from the same two cores: client and simulator together.
func BenchmarkZNS(b *testing.B) {
	for _, off := range []bool{true, false} {
		b.Run(fmt.Sprintf("receipts_off=%t", off), func(b *testing.B) {
			h := newCounter(b)
			behave := simulator.DefaultBehaviour()
			behave.ReceiptsOff, behave.ReceiptMinMS, behave.ReceiptMaxMS = off, 1, 200
			s, _ := start(b, simulator.Options{Clock: clock.System(), Zalo: behave, NoMagic: true, ZaloWebhookURL: h.url})
			client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256}}
			url := s.ZaloURL() + "/message/template"
			var n atomic.Int64
			b.ReportAllocs()
			b.SetParallelism(32)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					i := n.Add(1)
					req, _ := http.NewRequest("POST", url, strings.NewReader(fmt.Sprintf(
						`{"phone":"849%08d","template_id":"100001","template_data":{"customer_name":"Nguyễn Văn An","order_code":"DH%d","amount":"1250000"},"tracking_id":"m-%d"}`, i, i, i)))
					req.Header.Set("access_token", simulator.DefaultAccessToken)
					res, err := client.Do(req)
					if err != nil {
						b.Error(err)
						return
					}
					_, _ = io.Copy(io.Discard, res.Body)
					res.Body.Close()
				}
			})
			if !off {
				eventually(b, "all receipts", func() bool { return h.n.Load() >= int64(s.Ledger().Count("zalo", "accepted")) })
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msg/s")
		})
	}
}

type counter struct {
	n   atomic.Int64
	url string
}

func newCounter(b *testing.B) *counter {
	c := &counter{}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	srv := &http.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		c.n.Add(1)
	})}
	go srv.Serve(ln)
	b.Cleanup(func() { srv.Close() })
	c.url = "http://" + ln.Addr().String()
	return c
}

// BenchmarkMail sends 5 kB mails, pipelined and one command at a time.
func BenchmarkMail(b *testing.B) {
	for _, pipelined := range []bool{true, false} {
		b.Run(fmt.Sprintf("pipelined=%t", pipelined), func(b *testing.B) {
			behave := simulator.DefaultBehaviour()
			behave.ReceiptsOff = true
			s, _ := start(b, simulator.Options{Clock: clock.System(), SMTP: behave})
			body := strings.Repeat(strings.Repeat("x", 74)+"\r\n", 66) + ".\r\n"
			var n atomic.Int64
			b.ReportAllocs()
			b.SetParallelism(8)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				c, err := net.Dial("tcp", s.SMTPAddr())
				if err != nil {
					b.Error(err)
					return
				}
				defer c.Close()
				r := bufio.NewReader(c)
				read := func(lines int) {
					for range lines {
						if _, err := r.ReadString('\n'); err != nil {
							b.Error(err)
							return
						}
					}
				}
				read(1)
				fmt.Fprint(c, "HELO bench\r\n")
				read(1)
				for pb.Next() {
					i := n.Add(1)
					head := fmt.Sprintf("Message-ID: <m-%d@b.example>\r\nSubject: x\r\n\r\n", i)
					rcpt := fmt.Sprintf("RCPT TO:<c%d@d.example>\r\n", i)
					if pipelined {
						fmt.Fprintf(c, "MAIL FROM:<b+%d@b.example>\r\n%sDATA\r\n", i, rcpt)
						read(3)
					} else {
						fmt.Fprintf(c, "MAIL FROM:<b+%d@b.example>\r\n", i)
						read(1)
						fmt.Fprint(c, rcpt)
						read(1)
						fmt.Fprint(c, "DATA\r\n")
						read(1)
					}
					_, _ = io.WriteString(c, head+body)
					read(1)
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msg/s")
		})
	}
}
