package qlik

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"strings"
)

// decode reads the JSON of an answer. Qlik's error bodies are text or pages, also with status 200 when something else
// answers in its place: status and content type are looked at first.
func decode(s *session, from *reply, into any) error {
	if from.status < 200 || from.status > 299 || !strings.Contains(from.header.Get("Content-Type"), "json") {
		kind := UnexpectedResponse
		if from.status == http.StatusForbidden {
			kind = Forbidden
		}
		return s.failure(kind, "unexpected answer "+describe(from))
	}
	if json.Unmarshal(from.body, into) != nil {
		return s.failure(UnexpectedResponse, "the JSON of the answer is not what Qlik sends")
	}
	return nil
}

// describe shows no more of a response than its status and media type.
func describe(from *reply) string {
	kind, _, err := mime.ParseMediaType(from.header.Get("Content-Type"))
	if err != nil {
		kind = "no content type"
	}
	return fmt.Sprintf("HTTP %d (%s)", from.status, kind)
}
