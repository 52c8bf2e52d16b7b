// SPDX-License-Identifier: Apache-2.0
// This library. Rows by kind are in the files beside, so that they compile side by side.

#include "cumulus/operands.hpp"

void bench::add_rows() {
  cumulus_rows::add_elementwise_rows();
  cumulus_rows::add_broadcast_rows();
  cumulus_rows::add_statistics_rows();
  cumulus_rows::add_extreme_rows();
  cumulus_rows::add_group_rows();
  cumulus_rows::add_scan_rows();
  cumulus_rows::add_seawater_rows();
}
