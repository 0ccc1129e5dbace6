package controller

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	"qlik-operator/test/bench/peer/api/v1alpha1"
	"qlik-operator/test/bench/peer/qlik"
)

// Names, labels and buckets are those of the operator this is a peer of. Reconciles are counted by controller-runtime.
var (
	checkDuration = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "qlik_check_duration_seconds",
		Help:    "Duration of a whole connection check, by whether all of it passed.",
		Buckets: []float64{0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300},
	}, []string{"result"})
	checkResults = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "qlik_check_results_total", Help: "Results of the single checks.",
	}, []string{"check", "result"})
	statusWrites = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "qlik_status_writes_total", Help: "Statuses written.",
	})
	serverCheck = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "qlik_server_check", Help: "Last verdict of a check of a QlikServer: 1 True, 0 False, -1 Unknown.",
	}, []string{"namespace", "name", "check"})
	serverReady = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "qlik_server_ready", Help: "Ready of a QlikServer: 1 True, 0 False, -1 Unknown.",
	}, []string{"namespace", "name"})
	serverLastCheck = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "qlik_server_last_check_timestamp_seconds", Help: "When a QlikServer was last checked, in seconds since the epoch.",
	}, []string{"namespace", "name"})
)

func init() {
	metrics.Registry.MustRegister(checkDuration, checkResults, statusWrites, serverCheck, serverReady, serverLastCheck)
}

func measureCheck(key types.NamespacedName, report *qlik.Report, duration time.Duration) {
	result := "passed"
	for _, outcome := range report.Outcomes {
		if outcome.Verdict == qlik.Failed || outcome.Verdict == qlik.NotRun {
			result = "failed"
		}
		checkResults.WithLabelValues(outcome.Check, string(outcome.Verdict)).Inc()
	}
	checkDuration.WithLabelValues(result).Observe(duration.Seconds())
	serverLastCheck.WithLabelValues(key.Namespace, key.Name).SetToCurrentTime()
}

func measureVerdicts(key types.NamespacedName, conditions []metav1.Condition) {
	for _, condition := range conditions {
		switch condition.Type {
		case v1alpha1.Ready:
			serverReady.WithLabelValues(key.Namespace, key.Name).Set(numberOf(condition.Status))
		case v1alpha1.ServerReachable, v1alpha1.Authenticated, v1alpha1.UserExists, v1alpha1.RootAdmin, v1alpha1.VirtualProxyReady:
			serverCheck.WithLabelValues(key.Namespace, key.Name, condition.Type).Set(numberOf(condition.Status))
		}
	}
}

// forgetMetrics deletes every series of a server that is gone.
func forgetMetrics(key types.NamespacedName) {
	labels := prometheus.Labels{"namespace": key.Namespace, "name": key.Name}
	serverCheck.DeletePartialMatch(labels)
	serverReady.Delete(labels)
	serverLastCheck.Delete(labels)
}

func numberOf(status metav1.ConditionStatus) float64 {
	switch status {
	case metav1.ConditionTrue:
		return 1
	case metav1.ConditionFalse:
		return 0
	}
	return -1
}
