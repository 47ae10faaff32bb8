package simulator

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"time"
)

// oddAnswer gives one of OddAnswers instead of the proper answer to a message that was accepted. bare is the provider's success without an id.
func oddAnswer(w http.ResponseWriter, r *http.Request, how, bare string) bool {
	switch how {
	case "garbage":
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<html><body>Bad gateway?</body></html>"))
	case "huge":
		w.Header()["Content-Type"] = jsonType
		chunk := append([]byte(`{"error":0,"message":"`), bytes.Repeat([]byte("x"), 64<<10)...)
		for range 80 {
			if _, err := w.Write(chunk); err != nil {
				return true
			}
			chunk = chunk[len(chunk)-64<<10:]
		}
	case "zipped":
		w.Header()["Content-Type"] = jsonType
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = z.Write([]byte(bare))
		_ = z.Close() // the caller is gone: nothing to do about it
	case "empty":
		w.WriteHeader(http.StatusOK)
	case "no_id":
		answer(w, []byte(bare))
	case "redirect":
		w.Header().Set("Location", "/ledger/summary")
		w.WriteHeader(http.StatusTemporaryRedirect)
	case "trickle":
		w.Header()["Content-Type"] = jsonType
		for i := range len(bare) {
			_, _ = w.Write([]byte{bare[i]})
			if http.NewResponseController(w).Flush() != nil || r.Context().Err() != nil {
				break
			}
			pause(r.Context(), time.Second)
		}
	case "error500":
		http.Error(w, "Internal Server Error", http.StatusInternalServerError)
	default:
		return false
	}
	return true
}

// stage tells a test where a call stands.
func (s *Server) stage(p uint8, stage, key string) {
	if s.opts.OnStage != nil {
		s.opts.OnStage(providerNames[p], stage, key)
	}
}

// answered tells a test that the answer has left; without a test nothing is flushed early.
func (s *Server) answered(w http.ResponseWriter, p uint8, key string) {
	if s.opts.OnStage != nil {
		_ = http.NewResponseController(w).Flush() // the caller is gone: the test asked for nothing else
		s.opts.OnStage(providerNames[p], "answered", key)
	}
}
