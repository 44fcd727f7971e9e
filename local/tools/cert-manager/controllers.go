package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/cert-manager/cert-manager/pkg/controller"
	"github.com/cert-manager/cert-manager/pkg/util"
	"golang.org/x/sync/errgroup"
	"k8s.io/klog/v2"

	// Each of these registers one controller, or one kind of issuer, when it is imported.
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/approver"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/ca"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/selfsigned"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/issuing"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/keymanager"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/metrics"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/readiness"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/requestmanager"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/revisionmanager"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/trigger"
	_ "github.com/cert-manager/cert-manager/pkg/controller/clusterissuers"
	_ "github.com/cert-manager/cert-manager/pkg/controller/issuers"
	_ "github.com/cert-manager/cert-manager/pkg/issuer/ca"
	_ "github.com/cert-manager/cert-manager/pkg/issuer/selfsigned"
)

// run starts every registered controller and returns when ctx ends or one of them fails.
func run(ctx context.Context, settings options) error {
	factory, err := controller.NewContextFactory(ctx, contextOptions(settings))
	if err != nil {
		return fmt.Errorf("reaching the API server: %w", err)
	}
	shared, err := factory.Build()
	if err != nil {
		return fmt.Errorf("making clients: %w", err)
	}
	// Constructors register their informers with the factories, so all run before any factory starts.
	controllers, err := construct(factory)
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	for _, name := range slices.Sorted(maps.Keys(controllers)) {
		group.Go(func() error {
			if err := controllers[name].Run(settings.workers, ctx); err != nil {
				return fmt.Errorf("controller %s: %w", name, err)
			}
			return nil
		})
	}
	shared.SharedInformerFactory.Start(ctx.Done())
	shared.KubeSharedInformerFactory.Start(ctx.Done())
	klog.InfoS("started", "controllers", len(controllers), "version", util.AppVersion)
	group.Go(func() error { return serve(ctx, settings.listen, shared) })
	return group.Wait()
}

func construct(factory *controller.ContextFactory) (map[string]controller.Interface, error) {
	built := map[string]controller.Interface{}
	for name, build := range controller.Known() {
		made, err := build(factory)
		if err != nil {
			return nil, fmt.Errorf("controller %s: %w", name, err)
		}
		built[name] = made
	}
	return built, nil
}

// contextOptions are upstream's defaults (internal/apis/config/controller/v1alpha1/defaults.go of v1.21.2) where a
// controller of ours reads them. Rates count only where the API server has priority and fairness off.
func contextOptions(settings options) controller.ContextOptions {
	return controller.ContextOptions{
		Kubeconfig:         settings.kubeconfig,
		KubernetesAPIQPS:   20,
		KubernetesAPIBurst: 50,
		IssuerOptions:      controller.IssuerOptions{ClusterResourceNamespace: settings.clusterNamespace},
		CertificateOptions: controller.CertificateOptions{
			CopiedAnnotationPrefixes: []string{
				"*", "-kubectl.kubernetes.io/", "-fluxcd.io/", "-argocd.argoproj.io/",
			},
			CertificateRequestMinimumBackoffDuration: time.Hour,
			CertificateRequestMaximumBackoffDuration: 32 * time.Hour,
		},
	}
}
