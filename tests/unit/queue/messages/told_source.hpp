#pragma once

// A store for news: a test says what it answers.

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/sleep.hpp"
#include "unit/queue/listed_source.hpp"

namespace notify::testing {

class ToldSource final : public ListedSource {
public:
    [[nodiscard]] Result<std::optional<FoundObject>> Look(
        const Bucket& bucket, const std::string& key, std::stop_token stop
    ) override {
        if (bucket.name == hangs_at) {
            hanging = true;
            SleepFor(std::chrono::minutes(10), stop);
            return Fail(ErrorCode::kStopped, "stopped");
        }
        asked.push_back(bucket.name + ":" + key);
        if (while_asked) {
            while_asked();
        }
        if (fault) {
            return Unexpected(*fault);
        }
        if (gone.contains(key)) {
            FoundObject object{.key = key};
            object.gone = true;
            return object;
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
    std::set<std::string> gone;                         ///< Keys of what the store says was deleted.
    std::string hangs_at;  ///< The name of a bucket: asked for what is in it, it does not answer.
    std::atomic<bool> hanging = false;
    std::string version = "1";
    std::optional<Error> fault;
    std::function<void()> while_asked;
    std::vector<std::string> asked;
};

}  // namespace notify::testing
