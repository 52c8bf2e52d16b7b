# SPDX-License-Identifier: Apache-2.0
"""The rows in Python libraries, measured in processes of their own (worker.py)."""
