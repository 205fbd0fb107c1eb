"""Of the benchmarks, what can be wrong without anybody seeing it."""
