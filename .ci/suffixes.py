"""Print the age of the bundled list of public suffixes; warn if it is older than 90 days."""

import re
from datetime import UTC, date, datetime
from importlib.resources import files

LIMIT = 90


def main() -> None:
    text = files("publicsuffixlist").joinpath("public_suffix_list.dat").read_text("utf-8")
    found = re.search(r"^// VERSION: (\d{4}-\d\d-\d\d)_", text, re.MULTILINE)
    if not found:
        raise SystemExit("the list has no line with its version")
    days = (datetime.now(UTC).date() - date.fromisoformat(found[1])).days
    print(f"The list of public suffixes is of {found[1]}, {days} days old.")
    if days > LIMIT:
        # GitHub shows the line as an annotation.
        print(
            f"::warning::The list of public suffixes is over {LIMIT} days old: pip install --upgrade publicsuffixlist"
        )


if __name__ == "__main__":
    main()
