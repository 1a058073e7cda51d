#pragma once

// News as a row of the inbox, and back.

#include <string_view>

#include "core/clock.hpp"
#include "domain/news.hpp"
#include "sources/messages/news.hpp"

namespace notify {

/// The row, without its source and system; due now. News that asks for the same look has the same kind and
/// address: an object's bucket and keys with a zero byte between them, else the id.
[[nodiscard]] InboxNews RowOf(const News& news, Timestamp now);

/// What the row tells. Of an asset it is not known any more which part of it changed.
[[nodiscard]] News NewsOf(const InboxNews& row);

}  // namespace notify
