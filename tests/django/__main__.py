"""``python -m tests.django CASES [SEED]``: the long form of `tests.django.test_url_maps`."""

import sys

from tests.django.url_maps import run

if __name__ == "__main__":
    cases, seed = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
    run(cases, seed)
    print(f"{cases} requests: the policy was always that of the view")
