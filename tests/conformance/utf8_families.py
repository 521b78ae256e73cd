#!/usr/bin/env python3
"""Parses an exposition with UTF-8 names, and prints what was read as JSON.

    utf8_families.py om|prom FILE

The parsers are those of `prometheus_client`. Output: {FAMILY: {"type": ..., "unit": ..., "samples": [[name, {labels}], ...]}}
"""
import json
import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_om
from prometheus_client.parser import text_string_to_metric_families as parse_prom

kind, file = sys.argv[1:]
parse = {'om': parse_om, 'prom': parse_prom}[kind]
with open(file, encoding='utf-8') as exposition:
    families = list(parse(exposition.read()))
read = {
    family.name: {
        'type': family.type,
        'unit': family.unit,
        'samples': [[sample.name, sample.labels] for sample in family.samples],
    }
    for family in families
}
assert len(read) == len(families), 'a family is there twice'
print(json.dumps(read, ensure_ascii=False))
