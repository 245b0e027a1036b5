//go:build tools

// Package tools pins the Pulumi CLI that tests/pulumi_cli builds where there is none to download.
package tools

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
