# The commands that everybody types; CONTRIBUTING.md says when. `make` alone lists them.
PYTHON ?= .venv/bin/python
ARTICLES ?= articles

.PHONY: help setup fast test lint chat eval pictures bench

help:  ## this list
	@sed -nE 's/^([a-z]+):.*## (.*)/\1\t\2/p' Makefile | expand -t 12

setup:  ## .venv with everything that tests and checks need
	python3 -m venv .venv
	.venv/bin/pip install -q -c constraints.txt -e '.[test]'

fast:  ## the tests that need no browser, no server and little time
	$(PYTHON) -m pytest -m "not browser and not server and not slow"

test:  ## all tests, the linter and the type checker among them
	$(PYTHON) -m pytest

lint:  ## format, lint and check the types
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .
	$(PYTHON) -m mypy

chat:  ## the browser chat on the sample articles
	$(PYTHON) app.py

eval:  ## the figures of a question set: make eval SET=folder
	$(PYTHON) -m assistant eval $(or $(SET),$(error say which question set: make eval SET=folder))

pictures:  ## the documentation's pictures, taken again
	PYTHONPATH=tests $(PYTHON) docs/pictures/take.py

bench:  ## building, coming back and the first answer: make bench ARTICLES=folder
	$(PYTHON) benchmarks/building.py $(ARTICLES)
	$(PYTHON) benchmarks/coming_back.py $(ARTICLES)
	$(PYTHON) benchmarks/first_answer.py $(ARTICLES)
