"""What CORS costs: this library, its peers and a yardstick, side by side in one run.

``python -m benchmarks`` runs everything, and writes ``benchmarks/results/`` and ``docs/performance.md``.
"""
