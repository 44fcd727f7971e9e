// Programs of our own that Pods of the embedded cluster run. Standard library only, so there is no go.sum.
module mcp-tracing/local/tools/node

go 1.25.0
