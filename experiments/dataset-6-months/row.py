"""A line of results from the summary of a run of idrill generate, and lines as a table."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import machine  # noqa: E402

STAGES = ("physics", "filter", "reel", "files")


def line(summary, name, ranks, check_s):
    with open(summary, encoding="utf-8") as file:
        results = json.load(file)["results"]
    busy = {stage: results[f"busy_s_{stage}"] for stage in STAGES}
    total = sum(busy.values())
    row = {
        "set": name,
        "ranks": int(ranks),
        "rows": results["rows"],
        "seconds": results["rows"] / results["rows_per_s"],
        "rows_per_s": results["rows_per_s"],
        "raw_mb_per_s": results["raw_mb_per_s"],
        "raw_mb": results["raw_mb"],
        "file_mb": results["file_mb"],
        "peak_mib": results["peak_mib"],
        "check_s": float(check_s),
        "root": results["root"],
    }
    row.update({f"{stage}_share": busy[stage] / total for stage in STAGES})
    print(json.dumps(row))


def table(path):
    print(machine.describe() + "\n")
    print("| set | ranks | s | k rows/s | MB/s | values, MB | files, MB | MiB per rank | "
          "physics | filter | reel | files | check, s |")
    print("|---|" + "---:|" * 12)
    with open(path, encoding="utf-8") as file:
        for row in map(json.loads, file):
            shares = " | ".join(f"{100 * row[f'{stage}_share']:.0f} %" for stage in STAGES)
            print(f"| {row['set']} | {row['ranks']} | {row['seconds']:.0f} | "
                  f"{row['rows_per_s'] / 1000:.0f} | {row['raw_mb_per_s']:.0f} | "
                  f"{row['raw_mb']:.0f} | {row['file_mb']:.0f} | {row['peak_mib']:.0f} | "
                  f"{shares} | {row['check_s']:.0f} |")


if sys.argv[1] == "--table":
    table(sys.argv[2])
else:
    line(*sys.argv[1:5])
