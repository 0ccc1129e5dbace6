// Package controller brings the status of QlikServers in line with what their servers say.
package controller

import (
	"context"
	"errors"
	"time"

	"golang.org/x/time/rate"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/tools/events"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"qlik-operator/test/bench/peer/api/v1alpha1"
	"qlik-operator/test/bench/peer/material"
)

const (
	// announceAfter: a first check that takes longer is announced, so that a person sees that something is under way.
	announceAfter = time.Second
	retryConflict = 100 * time.Millisecond
	// startsPerSecond bounds the checks that start outside the rhythm of their server.
	startsPerSecond = 10
)

// Reconciler checks QlikServers of type OnPremise.
type Reconciler struct {
	client.Client
	Events    events.EventRecorder
	materials *material.Cache
	states    *states
	pace      *rate.Limiter
}

// NewReconciler reads metadata of Secrets and ConfigMaps from the cache of the client, contents from live.
func NewReconciler(from client.Client, live client.Reader, recorder events.EventRecorder) *Reconciler {
	return &Reconciler{
		Client:    from,
		Events:    recorder,
		materials: material.NewCache(material.NewMaker(from, live)),
		states:    newStates(),
		pace:      rate.NewLimiter(startsPerSecond, 1),
	}
}

// Reconcile checks one server, if that is due, and writes its status, if that is worth it.
func (r *Reconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	var server v1alpha1.QlikServer
	err := r.Get(ctx, request.NamespacedName, &server)
	if apierrors.IsNotFound(err) || !server.DeletionTimestamp.IsZero() {
		r.forget(request)
		return ctrl.Result{}, nil
	}
	if err != nil || server.Spec.OnPremise == nil {
		return ctrl.Result{}, err
	}
	s := r.states.of(&server, time.Now())
	fields := material.Fields(&server.Spec)
	if s.fields != "" && s.fields != fields {
		s.startAnew(fields)
	}
	if !server.Spec.Suspend {
		if wait, err := r.judge(ctx, &server, s); err != nil || wait > 0 {
			return ctrl.Result{RequeueAfter: wait}, err
		}
	}
	return r.report(ctx, &server, s)
}

// judge makes the material and, if a check is due, checks; wait is how long it is until that check has its turn.
func (r *Reconciler) judge(ctx context.Context, server *v1alpha1.QlikServer, s *state) (wait time.Duration, err error) {
	request := openRequest(server, s)
	if request != "" {
		r.materials.Forget(keyOf(server))
	}
	made, err := r.materials.Of(ctx, server)
	if found, ok := errors.AsType[*material.Problem](err); ok {
		s.misconfigured(found, time.Now())
		s.handled(request)
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	s.takeUp(server, made)
	why := s.dueNow(made.Fingerprint, request, time.Now())
	switch why {
	case notDue:
		s.turn = time.Time{}
		// An interval that was made shorter takes effect at once.
		next := nextInstant(s.uid, server.Spec.Checks.Interval.Duration, time.Now().Add(time.Millisecond))
		if next.Before(s.nextCheck) {
			s.nextCheck = next
		}
		return 0, nil
	case scheduled:
		s.turn = time.Time{}
	default:
		if wait := r.untilTurn(s, time.Now()); wait > 0 {
			return wait, nil
		}
	}
	if err := r.check(ctx, server, s, made, why); err != nil {
		return 0, err
	}
	s.handled(request)
	return 0, nil
}

// untilTurn is how long a check outside the rhythm has to wait, without holding a worker; 0 if it may start now.
func (r *Reconciler) untilTurn(s *state, now time.Time) time.Duration {
	if s.turn.IsZero() {
		s.turn = now.Add(r.pace.ReserveN(now, 1).DelayFrom(now))
	}
	if wait := s.turn.Sub(now); wait > 0 {
		return wait
	}
	s.turn = time.Time{}
	return 0
}

// takeUp begins to use material; without verdicts, if a restart hid that the connection is another one now.
func (s *state) takeUp(server *v1alpha1.QlikServer, made *material.Material) {
	isEdited := server.Status.ObservedGeneration != server.Generation
	fields := material.Fields(&server.Spec)
	if s.fields == "" && isEdited && s.fingerprint != made.Fingerprint {
		s.startAnew(fields)
	}
	s.fields = fields
	s.problem = nil
	s.certificate = &made.Certificate
	s.notBefore, s.notAfter = made.Connection.NotBefore, made.Connection.NotAfter
}

func (s *state) handled(request string) {
	if request != "" {
		s.handledRequest = request
	}
}

func (r *Reconciler) check(ctx context.Context, server *v1alpha1.QlikServer, s *state, made *material.Material, why due) error {
	checks := server.Spec.Checks // a copy, as an announcement reads the whole server anew
	announced := r.announce(ctx, server, s)
	started := time.Now()
	report := made.Connection.Check(ctx, checks.Timeout.Duration, func(version string) bool {
		return s.mayKeepProof(why, version, checks.SignInProofInterval.Duration, started)
	})
	ended := time.Now()
	announced()
	if ctx.Err() != nil {
		return ctx.Err() // cut short by the end of this process: no verdict
	}
	measureCheck(keyOf(server), report, ended.Sub(started))
	log.FromContext(ctx).V(1).Info("checked", "due", why, "duration", ended.Sub(started).Milliseconds())
	s.observe(report, &server.Spec, made, started, ended)
	return nil
}

// announce says that a connection without a verdict is being checked, but only if that takes noticeably long. What it
// returns must be called before server is used again.
func (r *Reconciler) announce(ctx context.Context, server *v1alpha1.QlikServer, s *state) (end func()) {
	if s.verdicts != nil {
		return func() {}
	}
	written := make(chan struct{})
	timer := time.AfterFunc(announceAfter, func() {
		defer close(written)
		if _, err := r.report(ctx, server, s); err != nil {
			log.FromContext(ctx).Error(err, "cannot write that a check is under way")
		}
	})
	return func() {
		if !timer.Stop() {
			<-written
		}
	}
}

// report writes the status, if it is worth it, and tells what happened.
func (r *Reconciler) report(ctx context.Context, server *v1alpha1.QlikServer, s *state) (ctrl.Result, error) {
	now := time.Now()
	before, after := server.Status, desiredStatus(server, s, now)
	if worthWriting(&before, &after, server.Spec.Checks.Interval.Duration) {
		server.Status = *after.DeepCopy() // the answer is decoded into it
		// With uid and resourceVersion, so that neither a newer object nor a namesake gets a verdict not its own.
		if err := r.Status().Update(ctx, server); err != nil {
			server.Status = before
			return unwritten(err)
		}
		statusWrites.Inc()
		r.tell(server, before.Conditions, s.toldConnected)
		s.toldConnected = s.everConnected
	}
	measureVerdicts(keyOf(server), after.Conditions)
	return s.next(server, now), nil
}

func unwritten(err error) (ctrl.Result, error) {
	if apierrors.IsConflict(err) {
		return ctrl.Result{RequeueAfter: retryConflict}, nil
	}
	return ctrl.Result{}, client.IgnoreNotFound(err)
}

func (s *state) next(server *v1alpha1.QlikServer, now time.Time) ctrl.Result {
	switch {
	case server.Spec.Suspend:
		return ctrl.Result{}
	case s.problem == nil:
		return ctrl.Result{RequeueAfter: max(time.Millisecond, s.nextCheck.Sub(now))}
	}
	// A reference may appear without an event (an unlabelled Secret), so it is looked for in the normal rhythm too.
	if left := s.problem.needsHumanFrom().Sub(now); left > 0 {
		return ctrl.Result{RequeueAfter: min(left, server.Spec.Checks.RetryInterval.Duration)}
	}
	return ctrl.Result{RequeueAfter: server.Spec.Checks.Interval.Duration}
}

func (r *Reconciler) forget(request ctrl.Request) {
	r.states.forget(request.NamespacedName)
	r.materials.Forget(request.NamespacedName)
	forgetMetrics(request.NamespacedName)
}
