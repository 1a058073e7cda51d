#pragma once

// Which of Iconik's webhooks and custom actions is ours, and which another installation's.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "core/result.hpp"
#include "sources/iconik/setup_row.hpp"

namespace notify::iconik {

/// How rows of a kind are told apart.
struct Known {
    const RowKind& kind;
    std::vector<std::string> ids;                          ///< Of those that were made; "" is of none.
    std::function<bool(const boost::json::object&)> fits;  ///< True for what could be the wanted one at all.
    std::string_view option;                               ///< That gives the wanted one another name.
};

/// The row that is ours: by its id, else by its URL, of those that fit; null when there is none. One that is
/// only called as the wanted one is another installation's: kConflict with where it sends, or that row when
/// `take_over`. It lives as long as `rows`.
[[nodiscard]] Result<const boost::json::object*> FindOurs(
    const std::vector<boost::json::object>& rows,
    const Known& known,
    const boost::json::object& wanted,
    bool take_over
);

}  // namespace notify::iconik
