# SPDX-License-Identifier: Apache-2.0
"""What run.py is made of: the table of rows, the contestants, and what is made of the figures."""
