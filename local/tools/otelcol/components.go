package main

import (
	"errors"

	"github.com/open-telemetry/opentelemetry-collector-contrib/connector/countconnector"
	"github.com/open-telemetry/opentelemetry-collector-contrib/connector/failoverconnector"
	"github.com/open-telemetry/opentelemetry-collector-contrib/connector/routingconnector"
	"github.com/open-telemetry/opentelemetry-collector-contrib/connector/servicegraphconnector"
	"github.com/open-telemetry/opentelemetry-collector-contrib/connector/spanmetricsconnector"
	"github.com/open-telemetry/opentelemetry-collector-contrib/exporter/awss3exporter"
	"github.com/open-telemetry/opentelemetry-collector-contrib/exporter/elasticsearchexporter"
	"github.com/open-telemetry/opentelemetry-collector-contrib/exporter/loadbalancingexporter"
	"github.com/open-telemetry/opentelemetry-collector-contrib/exporter/prometheusexporter"
	"github.com/open-telemetry/opentelemetry-collector-contrib/exporter/prometheusremotewriteexporter"
	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/basicauthextension"
	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/bearertokenauthextension"
	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/healthcheckextension"
	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/jaegerremotesampling"
	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/oidcauthextension"
	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/pprofextension"
	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/storage/filestorage"
	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/attributesprocessor"
	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/filterprocessor"
	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/k8sattributesprocessor"
	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/probabilisticsamplerprocessor"
	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/redactionprocessor"
	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/resourceprocessor"
	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/tailsamplingprocessor"
	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/transformprocessor"
	"github.com/open-telemetry/opentelemetry-collector-contrib/receiver/awss3receiver"
	"github.com/open-telemetry/opentelemetry-collector-contrib/receiver/jaegerreceiver"
	"github.com/open-telemetry/opentelemetry-collector-contrib/receiver/otlpjsonfilereceiver"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/connector/forwardconnector"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/debugexporter"
	"go.opentelemetry.io/collector/exporter/nopexporter"
	"go.opentelemetry.io/collector/exporter/otlpexporter"
	"go.opentelemetry.io/collector/exporter/otlphttpexporter"
	"go.opentelemetry.io/collector/extension"
	"go.opentelemetry.io/collector/extension/zpagesextension"
	"go.opentelemetry.io/collector/otelcol"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/batchprocessor"
	"go.opentelemetry.io/collector/processor/memorylimiterprocessor"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/otlpreceiver"
	"go.opentelemetry.io/collector/service/telemetry/otelconftelemetry"
)

// factories are the components that the platform configures, of the version that main.go reports. The public module
// proxy serves some components only in older releases (the newer zip is refused, or has no checksum in the checksum
// database, which is never bypassed). These are older, and their keys are those of the release named here:
//
//	exporter elasticsearch, connector routing, extension pprof   0.157.0
//	exporter awss3, extension oidc                               0.156.0
//	connector failover                                           0.152.0
//	extension jaegerremotesampling                               0.145.0
//	receiver awss3                                               0.144.0 (reads gzip, no zstd)
//
// Left out on purpose: receiver prometheus, which doubles the build and which nothing configures.
func factories() (otelcol.Factories, error) {
	var problems []error
	found := otelcol.Factories{
		Receivers: gather[receiver.Factory](&problems,
			awss3receiver.NewFactory(),
			jaegerreceiver.NewFactory(),
			otlpjsonfilereceiver.NewFactory(),
			otlpreceiver.NewFactory(),
		),
		Processors: gather[processor.Factory](&problems,
			attributesprocessor.NewFactory(),
			batchprocessor.NewFactory(),
			filterprocessor.NewFactory(),
			k8sattributesprocessor.NewFactory(),
			memorylimiterprocessor.NewFactory(),
			probabilisticsamplerprocessor.NewFactory(),
			redactionprocessor.NewFactory(),
			resourceprocessor.NewFactory(),
			tailsamplingprocessor.NewFactory(),
			transformprocessor.NewFactory(),
		),
		Exporters: gather[exporter.Factory](&problems,
			awss3exporter.NewFactory(),
			debugexporter.NewFactory(),
			elasticsearchexporter.NewFactory(),
			loadbalancingexporter.NewFactory(),
			nopexporter.NewFactory(),
			otlpexporter.NewFactory(),
			otlphttpexporter.NewFactory(),
			prometheusexporter.NewFactory(),
			prometheusremotewriteexporter.NewFactory(),
		),
		Connectors: gather[connector.Factory](&problems,
			countconnector.NewFactory(),
			failoverconnector.NewFactory(),
			forwardconnector.NewFactory(),
			routingconnector.NewFactory(),
			servicegraphconnector.NewFactory(),
			spanmetricsconnector.NewFactory(),
		),
		Extensions: gather[extension.Factory](&problems,
			basicauthextension.NewFactory(),
			bearertokenauthextension.NewFactory(),
			filestorage.NewFactory(),
			healthcheckextension.NewFactory(),
			jaegerremotesampling.NewFactory(),
			oidcauthextension.NewFactory(),
			pprofextension.NewFactory(),
			zpagesextension.NewFactory(),
		),
		Telemetry: otelconftelemetry.NewFactory(),
	}
	return found, errors.Join(problems...)
}

// gather maps each factory's type, and its former name where it has one, to the factory. A type that appears twice is
// added to problems.
func gather[F component.Factory](problems *[]error, list ...F) map[component.Type]F {
	byType, err := otelcol.MakeFactoryMap(list...)
	if err != nil {
		*problems = append(*problems, err)
	}
	return byType
}
