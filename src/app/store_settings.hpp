#pragma once

// Stores that .env names: a complete set of a store's variables is a source.

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace notify {

/// What a source of a store needs to know.
struct StoreSettings {
    std::string kind;    ///< "iconik", "datacore", "sqs".
    std::string config;  ///< JSON; `credentials` names the settings that hold them.
};

struct StoresFound {
    std::vector<StoreSettings> complete;
    std::vector<std::string> sentences;  ///< For each store that is named but lacks something.
};

/// Looks for the stores in the settings' `values`, by their names (ICONIK_APP_ID, …). No secret is in what is
/// found.
[[nodiscard]] StoresFound FindStores(const std::map<std::string, std::string, std::less<>>& values);

}  // namespace notify
