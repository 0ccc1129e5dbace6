package qlik

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
)

var unavailable = []int{http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout}

// firstContact is what the first exchange with both endpoints showed; it serves two checks.
type firstContact struct {
	browserError error
	about        *reply
	aboutError   error
}

// reachable asks both endpoints at once, so that one message can say "443 answers, 4242 does not".
func (r *run) reachable() (Outcome, error) {
	var both sync.WaitGroup
	both.Go(func() { r.contact.browserError = r.askBrowser() })
	both.Go(func() { r.contact.about, r.contact.aboutError = r.askAbout() })
	both.Wait()

	atBrowser, atRepository := r.contact.browserError, r.contact.aboutError
	if isRejection(atRepository) {
		atRepository = nil // the port was reached: a matter of Authenticated
	}
	browser, repository := r.browser().address(), r.repository.session.endpoint.address()
	switch {
	case atBrowser != nil && atRepository != nil:
		return Outcome{}, also(atBrowser, "; "+atRepository.Error())
	case atBrowser != nil:
		return Outcome{}, also(atBrowser, " ("+repository+" answers)")
	case atRepository != nil:
		return Outcome{}, also(atRepository, " ("+browser+" answers)")
	}
	return passed("Reachable", browser+" and "+repository+" answer"), nil
}

func (r *run) askBrowser() error {
	s := newSession(r.browser(), r.timeout)
	defer s.close()
	response, err := s.send(r.ctx, "GET", r.basePath()+"/", nil, "")
	if err == nil && slices.Contains(unavailable, response.status) {
		return &Failure{ProxyUnavailable, "http", s.endpoint.address(), fmt.Sprintf("serverUrl answers with HTTP %d", response.status)}
	}
	return err
}

// askAbout asks once more before the certificate is blamed: a cut connection may also be a restarting service.
func (r *run) askAbout() (*reply, error) {
	response, err := r.repository.about(r.ctx, r.Admin)
	if isRejection(err) {
		return r.repository.about(r.ctx, r.Admin)
	}
	return response, err
}

// also adds to what a failure says.
func also(err error, more string) error {
	failure, ok := errors.AsType[*Failure](err)
	if !ok {
		return err
	}
	extended := *failure
	extended.Detail += more
	return &extended
}
