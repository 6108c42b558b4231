"""What CORS costs: this library, its peers and a yardstick, side by side in one run.

``python -m benchmarks`` runs everything, writes ``benchmarks/results/`` and makes ``docs/performance.md`` of it.
"""
