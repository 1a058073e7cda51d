#pragma once

// A store for news: a test says what it answers.

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "unit/queue/listed_source.hpp"

namespace notify::testing {

class ToldSource final : public ListedSource {
public:
    [[nodiscard]] Result<std::optional<FoundObject>> Look(
        const Bucket& bucket, const std::string& key, std::stop_token /*stop*/
    ) override {
        asked.push_back(bucket.name + ":" + key);
        if (while_asked) {
            while_asked();
        }
        if (fault) {
            return Unexpected(*fault);
        }
        const auto found = held.find(key);
        const bool is_there = found != held.end() && found->second.contains(bucket.name);
        return is_there ? std::optional(
                              FoundObject{
                                  .key = key, .version = version, .size_bytes = 7, .modified_at = Timestamp()
                              }
                          )
                        : std::nullopt;
    }

    std::map<std::string, std::set<std::string>> held;  ///< By key: the names of the buckets that hold it.
    std::string version = "1";
    std::optional<Error> fault;
    std::function<void()> while_asked;
    std::vector<std::string> asked;
};

}  // namespace notify::testing
