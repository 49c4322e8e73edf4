#!/usr/bin/python3
"""Prints one line for each failed pipeline, stage and action. Usage: failures.py [DATA_DIRECTORY]"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../sdk/python"))
from sluice import Subscriber

FAILED = [f"codepipeline.{kind}.FAILED." for kind in ("pipeline", "stage", "action")]

for event in Subscriber(sys.argv[1] if len(sys.argv) > 1 else None, FAILED):
    detail = event["detail"]
    place = "/".join(detail[key] for key in ("pipeline", "stage", "action") if key in detail)
    why = detail.get("execution-result", {}).get("external-execution-summary", "")
    print(f"{event['time']} FAILED {place} {why}".rstrip(), flush=True)
