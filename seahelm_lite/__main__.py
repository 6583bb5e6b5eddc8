"""`python -m seahelm_lite` is the command line."""

import sys

from seahelm_lite.cli.main import main

sys.exit(main())
